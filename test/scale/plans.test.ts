import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { postgresAuditLog } from '../../lambdas/adapters/postgres/audit-log.ts';
import { postgresCouponLedger } from '../../lambdas/adapters/postgres/coupon-ledger.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { postgresExportLedger } from '../../lambdas/adapters/postgres/export-ledger.ts';
import { postgresIssuanceLedger } from '../../lambdas/adapters/postgres/issuance-ledger.ts';
import { postgresWallet } from '../../lambdas/adapters/postgres/issuance-wallet.ts';
import { postgresRedemptionLedger } from '../../lambdas/adapters/postgres/redemption-ledger.ts';
import { postgresStatsLedger } from '../../lambdas/adapters/postgres/stats-ledger.ts';
import { CleanUp } from '../support/clean-up.ts';
import { newDatabase } from '../support/database.ts';
import { explain, type Explained } from './explain.ts';
import { BIG_COUPON, COLLECTOR, loadMillion, ROWS } from './million-issuances.ts';
import { watchedDatabase, type WatchedDatabase } from './watched-database.ts';

const LOAD_MS = 600_000;
/** Of a statement at the database, planning included. Milliseconds. */
const MOST_MS = 50;
const FILE = 'docs/plans.md';
const PAGE = 101;
const EXPORT_PAGE = 5_001;

interface Page {
  readonly title: string;
  /** Sends what a request of it sends. */
  readonly ask: (watched: WatchedDatabase, ids: Ids) => Promise<unknown>;
}

/** Issuances somewhere in the middle. */
interface Ids {
  readonly issuanceId: string;
  readonly code: string;
  readonly acceptedAt: number;
}

const pages: readonly Page[] = [
  {
    title: 'A wallet of 1,001 issuances, the first page',
    ask: ({ database }) =>
      postgresWallet(database).listIssuances({ userId: COLLECTOR, limit: PAGE }),
  },
  {
    title: 'The same, a later page of one state',
    ask: ({ database }, { issuanceId, acceptedAt }) =>
      postgresWallet(database).listIssuances({
        userId: COLLECTOR,
        state: 'redeemed',
        after: { acceptedAt, id: issuanceId },
        limit: PAGE,
      }),
  },
  {
    title: 'The figures of a coupon with 900,000 issuances',
    ask: ({ database }) => postgresStatsLedger(database).readStats(BIG_COUPON),
  },
  {
    title: 'The list of coupons, a page of one state',
    ask: ({ database }) =>
      postgresCouponLedger(database).listCoupons({ state: 'open', limit: PAGE }),
  },
  {
    title: 'A page of 5,000 in the middle of an export',
    ask: ({ database }) =>
      postgresExportLedger(database).listIssuances({
        couponId: BIG_COUPON,
        limit: EXPORT_PAGE,
        after: { sequence: 450_000, id: '' },
      }),
  },
  {
    title: 'The audit of a coupon',
    ask: ({ database }) =>
      postgresAuditLog(database).listAudit({
        couponId: BIG_COUPON,
        actor: undefined,
        after: undefined,
        limit: PAGE,
      }),
  },
  {
    title: 'One issuance',
    ask: ({ database }, { issuanceId }) =>
      postgresIssuanceLedger(database).findIssuance(issuanceId),
  },
  {
    title: 'What decides a redemption, by the code',
    ask: ({ database }, { code }) =>
      postgresRedemptionLedger(database).readForOrder({ code }, 'order-1'),
  },
];

describe(`over ${ROWS.toLocaleString('en')} issuances`, () => {
  const cleanUp = new CleanUp();
  const explained = new Map<string, Explained[]>();
  let owner: pg.Client;
  let watched: WatchedDatabase;
  let ids: Ids;

  beforeAll(async () => {
    const { ownerUrl, appUrl } = cleanUp.add(await newDatabase(), (made) => made.drop());
    owner = cleanUp.add(new pg.Client({ connectionString: ownerUrl }), (client) => client.end());
    await owner.connect();
    await loadMillion(owner);
    const patience = { connectTimeoutMs: 5_000, statementTimeoutMs: 10_000 };
    const database = connectDatabase(
      { url: appUrl, maxConnections: 2, ...patience },
      () => undefined,
    );
    watched = watchedDatabase(cleanUp.add(database, (opened) => opened.close()));
    const { rows } = await owner.query<{ id: string; code: string; accepted_at: Date }>(
      'SELECT id, code, accepted_at FROM issuances WHERE coupon_id = $1 AND sequence = 450000',
      [BIG_COUPON],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('the issuances are not there');
    ids = { issuanceId: row.id, code: row.code, acceptedAt: row.accepted_at.getTime() };
  }, LOAD_MS);

  afterAll(() => cleanUp.run(), LOAD_MS);

  it.each(pages)(`takes at most ${MOST_MS} ms at the database: $title`, async ({ title, ask }) => {
    watched.take();
    await ask(watched, ids);
    const statements = watched.take();
    expect(statements).not.toEqual([]);
    const plans: Explained[] = [];
    for (const statement of statements) plans.push(await explain(owner, statement));
    explained.set(title, plans);
    for (const { plan, ms } of plans) {
      expect(ms).toBeLessThan(MOST_MS);
      expect(plan).not.toMatch(/Seq Scan on (issuances|redemptions|audit|issuance_counts)\b/);
    }
  });

  it(`is run as ${FILE} says; WRITE_PLANS=1 writes it`, () => {
    const document = documentOf(explained);
    if (process.env['WRITE_PLANS'] !== undefined) writeFileSync(FILE, document);
    expect(document).toBe(readFileSync(FILE, 'utf8'));
  });
});

function documentOf(explained: ReadonlyMap<string, readonly Explained[]>): string {
  const sections = [...explained].map(([title, plans]) => {
    const shown = plans.map(({ plan }) => `\`\`\`\n${plan}\n\`\`\`\n`);
    return `## ${title}\n\n${shown.join('\n')}`;
  });
  return `# How PostgreSQL answers

What the system sends over ${ROWS.toLocaleString('en')} issuances, 900,000 of them of one coupon, and how PostgreSQL 18 runs it. \`npm run test:scale\` loads them, runs each statement, fails above ${MOST_MS} ms, and holds this page to the plans.

${sections.join('\n')}`;
}
