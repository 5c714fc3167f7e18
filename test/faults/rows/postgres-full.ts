import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { until } from '../../support/until.ts';
import { AllConnections } from '../bench/all-connections.ts';
import { PostgresTraffic } from '../bench/postgres-traffic.ts';
import { redeeming } from '../bench/redeeming-row.ts';
import type { FaultRow } from '../bench/row.ts';
import { moveToSmallDisk } from '../bench/postgres-disk.ts';

const PATIENCE_MS = 30_000;
const STILL_FULL_MS = 3_000;
const TOO_MANY_CONNECTIONS = '53300';
const DISK_FULL = '53100';
/** So many refusals, and all functions have been refused. */
const ENOUGH = 20;

export const postgresFullRows: readonly FaultRow[] = [
  redeeming({
    id: '28',
    title: 'PostgreSQL has no connection left',
    injection: 'sessions of others take all of max_connections',
    answers: [],
    redeemAnswers: ['503 unavailable'],
    says: ['batch not stored', 'server away'],
    rings: ['redemptions-unavailable'],
    async strike({ bench, spike, redeemers }) {
      const traffic = new PostgresTraffic();
      const { postgres } = bench.links;
      postgres.spoil(traffic.spoiler);
      const all = await AllConnections.take(bench.servers.endpoints.databaseAdminUrl, () =>
        postgres.cut(),
      );
      try {
        await until('the functions are refused', PATIENCE_MS, () =>
          (traffic.errors.get(TOO_MANY_CONNECTIONS) ?? 0) > ENOUGH ? true : undefined,
        );
      } finally {
        await all.release();
      }
      spike.healed();
      redeemers.healed();
      return traffic.errors.get(TOO_MANY_CONNECTIONS) ?? 0;
    },
  }),
  redeeming({
    id: '28b',
    title: "PostgreSQL's disk is full",
    injection:
      'a file system of its own (tmpfs) is filled: it refuses rows, then ends at the next WAL segment and cannot start',
    // A bench of its own: its data lie in memory.
    options: { variables: { COUPON_FAULT_ROW: '28b' } },
    answers: [],
    redeemAnswers: ['503 unavailable'],
    says: ['batch not stored', 'server away'],
    rings: ['redemptions-unavailable'],
    async strike({ bench, spike, redeemers }) {
      const disk = await moveToSmallDisk(bench);
      await redeemers.succeeds(10);
      const traffic = new PostgresTraffic();
      bench.links.postgres.spoil(traffic.spoiler);
      try {
        await disk.fill();
        await until('rows are refused', PATIENCE_MS, () =>
          (traffic.errors.get(DISK_FULL) ?? 0) > 2 ? true : undefined,
        );
        await forceNextSegments(bench.servers.endpoints.databaseAdminUrl);
        // It tries to start again and again meanwhile.
        await sleep(STILL_FULL_MS);
      } finally {
        await disk.free();
      }
      await bench.servers.healthy();
      spike.healed();
      redeemers.healed();
      return traffic.errors.get(DISK_FULL) ?? 0;
    },
  }),
];

/** Has it need room for its log until there is none: it then ends, rather than lose what it said. */
async function forceNextSegments(adminUrl: string): Promise<void> {
  const session = new pg.Client({ connectionString: adminUrl });
  session.on('error', () => undefined);
  await session.connect();
  let isOver = false;
  session.once('end', () => (isOver = true));
  await until('the log does not fit', PATIENCE_MS, async () => {
    await session.query('SELECT pg_switch_wal()').catch(() => undefined);
    return isOver || undefined;
  });
}
