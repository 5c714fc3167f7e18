import pg from 'pg';
import { until } from '../../support/until.ts';
import type { Verdict } from '../bench/link.ts';
import { whileKilled } from '../bench/postgres-processes.ts';
import { PostgresTraffic, type PostgresWork } from '../bench/postgres-traffic.ts';
import { redeeming } from '../bench/redeeming-row.ts';
import type { FaultRow } from '../bench/row.ts';

/** Claims never wait for PostgreSQL: whatever happens to it, they are answered 202. */
const NONE: readonly string[] = [];
const PATIENCE_MS = 30_000;
const LOST_REPLIES: Record<PostgresWork, number> = { record: 4, redemption: 8 };

export const postgresRows: readonly FaultRow[] = [
  redeeming({
    id: '25',
    title: 'PostgreSQL is killed',
    injection:
      'kill -9 of all its processes, in the middle of record transactions and of redemptions',
    inEveryRun: true,
    answers: NONE,
    redeemAnswers: ['503 unavailable'],
    says: ['batch not stored', 'server away'],
    rings: ['redemptions-unavailable'],
    async strike({ bench, spike }) {
      const traffic = new PostgresTraffic();
      bench.links.postgres.spoil(traffic.spoiler);
      const release = await holdUpCommits(bench.servers.endpoints.databaseAdminUrl, traffic);
      await whileKilled(bench.servers, release);
      spike.healed();
      const { record, redemption } = traffic.lost;
      return Math.min(record, redemption);
    },
  }),
  redeeming({
    id: '26',
    title: "the reply to PostgreSQL's COMMIT is lost",
    injection:
      'the connection is cut when PostgreSQL confirms COMMIT of record transactions; replies to redemptions are cut or dropped',
    inEveryRun: true,
    answers: NONE,
    redeemAnswers: ['503 unavailable'],
    says: ['batch not stored', 'server away'],
    rings: ['redemptions-unavailable'],
    async strike({ bench, spike }) {
      const hits: Record<PostgresWork, number> = { record: 0, redemption: 0 };
      const traffic = new PostgresTraffic((work): Verdict => {
        if (hits[work] === LOST_REPLIES[work]) return 'pass';
        hits[work] += 1;
        // A record function waits 15 s for a reply that is dropped.
        return work === 'redemption' && hits[work] % 2 === 0 ? 'drop' : 'cut';
      });
      bench.links.postgres.spoil(traffic.spoiler);
      await until('enough replies are lost', PATIENCE_MS, () =>
        hits.record === LOST_REPLIES.record && hits.redemption === LOST_REPLIES.redemption
          ? true
          : undefined,
      );
      bench.links.postgres.mend();
      spike.healed();
      return Math.min(hits.record, hits.redemption);
    },
  }),
];

/**
 * Locks what transactions of both kinds come to last, and resolves when some of each wait there.
 * @returns what ends the session, which PostgreSQL's end does too
 */
async function holdUpCommits(
  adminUrl: string,
  traffic: PostgresTraffic,
): Promise<() => Promise<void>> {
  const session = new pg.Client({ connectionString: adminUrl });
  session.on('error', () => undefined);
  await session.connect();
  await session.query('BEGIN');
  // Inserts of redemptions and updates of coupons wait; what only reads does not.
  await session.query('LOCK TABLE redemptions, coupons IN SHARE MODE');
  // One event may have records of all partitions: no other is then delivered beside it.
  await until('some are held up', PATIENCE_MS, () =>
    traffic.underWay('record') > 0 && traffic.underWay('redemption') > 1 ? true : undefined,
  );
  return () => session.end().catch(() => undefined);
}
