import pg from 'pg';
import { until } from '../../support/until.ts';

const PATIENCE_MS = 30_000;

/**
 * A session that changes coupons in the order opposite to the record function's: it takes the last,
 * waits until somebody who has the first waits for it, and asks for the first. Resolves when it got
 * both: PostgreSQL has then ended every transaction that stood in its way.
 *
 * @param adminUrl a superuser's
 * @param onLast called when it has the last
 */
export async function lockCrosswise(
  adminUrl: string,
  couponIds: readonly string[],
  onLast: () => unknown = () => undefined,
): Promise<void> {
  const [first, last] = couponIds.toSorted();
  const session = new pg.Client({ connectionString: adminUrl });
  await session.connect();
  const observer = new pg.Client({ connectionString: adminUrl });
  await observer.connect();
  try {
    // The others look for deadlocks, this one does not: theirs is the transaction that is ended.
    await session.query("SET deadlock_timeout = '10min'");
    const pid = (await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0];
    await session.query('BEGIN');
    await session.query(LOCK, [last]);
    onLast();
    await until('somebody waits for it', PATIENCE_MS, async () => {
      const waiting = await observer.query(WAITING, [pid?.pid]);
      return waiting.rowCount === 0 ? undefined : true;
    });
    await session.query(LOCK, [first]);
    await session.query('COMMIT');
  } finally {
    await session.end();
    await observer.end();
  }
}

/** As a change of the coupon does. */
const LOCK = 'SELECT FROM coupons WHERE id = $1 FOR NO KEY UPDATE';
const WAITING = 'SELECT FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))';
