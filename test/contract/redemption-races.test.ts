import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newRedemptionId } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresIssuanceLedger } from '../../lambdas/adapters/postgres/issuance-ledger.ts';
import { postgresRedemptionLedger } from '../../lambdas/adapters/postgres/redemption-ledger.ts';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import type { RedeemOutcome } from '../../lambdas/functions/redeem/redeem-issuance.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import { countWords, RedeemBench, wordOf } from '../support/redeem-bench.ts';
import { until } from '../support/until.ts';

let rows: IssuedRows;
let bench: RedeemBench;
let id: string;

beforeAll(async () => {
  rows = await IssuedRows.open();
  bench = new RedeemBench(rows.database);
});

afterAll(() => rows.close());

beforeEach(async () => {
  id = await rows.issueOne();
});

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

function redemptionOf(outcome: RedeemOutcome): string {
  if (outcome.kind !== 'redeemed' && outcome.kind !== 'replayed') throw new Error(wordOf(outcome));
  return outcome.redemption.id;
}

/** The row's state, and how many redemptions of it are live, rolled back, and entered so. */
async function standing(issuanceId = id): Promise<Record<string, unknown>> {
  const { rows: found } = await rows.owner.query<Record<string, unknown>>(
    `SELECT state, hold_order AS hold,
       (SELECT count(*)::int FROM redemptions WHERE issuance_id = $1 AND live) AS live,
       (SELECT count(*)::int FROM redemptions WHERE issuance_id = $1 AND NOT live) AS ended,
       (SELECT count(*)::int FROM redemption_rollbacks JOIN redemptions ON id = redemption_id
        WHERE issuance_id = $1) AS rollbacks
     FROM issuances WHERE id = $1`,
    [issuanceId],
  );
  return found[0] ?? {};
}

describe('of 200 at once', () => {
  it('different orders one redeems, and the others are told so', async () => {
    const outcomes = await Promise.all(times(200, (i) => bench.redeem(id, `order-${i}`)));
    expect(countWords(outcomes.map(wordOf))).toEqual({ redeemed: 1, already_redeemed: 199 });
    expect(await standing()).toMatchObject({ state: 'redeemed', live: 1, ended: 0 });
  });

  it('tries of the same order one redeems, and the others are told the same', async () => {
    const outcomes = await Promise.all(times(200, () => bench.redeem(id, 'order-1')));
    expect(countWords(outcomes.map(wordOf))).toEqual({ redeemed: 1, replayed: 199 });
    expect(new Set(outcomes.map(redemptionOf)).size).toBe(1);
    expect(await standing()).toMatchObject({ state: 'redeemed', live: 1, ended: 0 });
  });

  it('orders one holds, and only that one may redeem', async () => {
    const outcomes = await Promise.all(times(200, (i) => bench.hold(id, `order-${i}`)));
    expect(countWords(outcomes.map(wordOf))).toEqual({ held: 1, issuance_held: 199 });
    const holder = outcomes.findIndex(({ kind }) => kind === 'held');
    const redeems = await Promise.all(times(200, (i) => bench.redeem(id, `order-${i}`)));
    expect(redeems.findIndex(({ kind }) => kind === 'redeemed')).toBe(holder);
  });

  it('rollbacks of the same redemption one undoes it, and all are told the same', async () => {
    const redemptionId = redemptionOf(await bench.redeem(id, 'order-1'));
    const undone = await Promise.all(times(200, () => bench.rollBack(redemptionId)));
    expect(new Set(undone.map((redemption) => JSON.stringify(redemption))).size).toBe(1);
    const { rowCount } = await rows.owner.query('SELECT FROM audit WHERE subject = $1', [
      redemptionId,
    ]);
    expect(rowCount).toBe(1);
    expect(await standing()).toMatchObject({ state: 'issued', live: 0, ended: 1, rollbacks: 1 });
  });

  it('revocations one revokes, and all are told the same', async () => {
    const outcomes = await Promise.all(times(200, () => bench.revoke(id)));
    expect(countWords(outcomes.map(wordOf))).toEqual({ revoked: 200 });
    const { rowCount } = await rows.owner.query('SELECT FROM audit WHERE subject = $1', [id]);
    expect(rowCount).toBe(1);
  });
});

interface Attempt {
  readonly of: string;
  readonly run: () => Promise<{ readonly kind: string; readonly reason?: string }>;
}

const release = (id: string): Attempt => ({
  of: 'holder',
  run: () => bench.release(id, 'holder'),
});
const revocation = (id: string): Attempt => ({ of: 'operator', run: () => bench.revoke(id) });
const redemption = (id: string): Attempt => ({
  of: 'holder',
  run: () => bench.redeem(id, 'holder'),
});

/** All that 50 try with an issuance that is held. */
function attemptsAt(issuanceId: string): Attempt[] {
  return [
    ...times(15, (i) => ({
      of: `order-${i}`,
      run: () => bench.redeem(issuanceId, `order-${i}`),
    })),
    ...times(5, () => redemption(issuanceId)),
    ...times(15, (i) => ({ of: `order-${i}`, run: () => bench.hold(issuanceId, `order-${i}`) })),
    ...times(5, () => release(issuanceId)),
    ...times(10, () => revocation(issuanceId)),
  ];
}

/**
 * What is answered before the 50 begin, and so the end that all agree on: a busy machine may let
 * the same of them win each time.
 */
const HEAD_STARTS: readonly {
  readonly after: string;
  readonly first: readonly ((issuanceId: string) => Attempt)[];
  readonly end?: string;
}[] = [
  { after: 'nothing', first: [] },
  { after: 'a release', first: [release] },
  { after: 'a release and a revocation', first: [release, revocation], end: 'revoked' },
  { after: 'the holder’s redemption', first: [redemption], end: 'redeemed' },
];

describe('50 that redeem, hold, release, and revoke at once', () => {
  it.each(HEAD_STARTS)('after $after agree on one end', async ({ first, end }) => {
    const answered = async ({ of, run }: Attempt) => ({ of, word: wordOf(await run()) });
    const users = times(10, (i) => `user-${i}`);
    const issuances = await rows.issue(await rows.newCoupon(), users);
    for (const [round, issuanceId] of issuances.entries()) {
      await bench.hold(issuanceId, 'holder');
      const outcomes: Awaited<ReturnType<typeof answered>>[] = [];
      for (const attempt of first) outcomes.push(await answered(attempt(issuanceId)));
      const attempts = shuffled(attemptsAt(issuanceId), round);
      outcomes.push(...(await Promise.all(attempts.map(answered))));
      const told = (word: string): string[] =>
        outcomes.filter((outcome) => outcome.word === word).map(({ of }) => of);

      const { state, hold, live } = await standing(issuanceId);
      expect({
        live,
        redeemed: told('redeemed').length,
        revoked: told('revoked').length > 0,
      }).toEqual({
        live: state === 'redeemed' ? 1 : 0,
        redeemed: state === 'redeemed' ? 1 : 0,
        revoked: state === 'revoked',
      });
      if (state === 'held') expect(['holder', ...told('held')]).toContain(hold);
      if (end !== undefined) expect(state).toBe(end);
    }
  });
});

/** In another order for each seed, and the same for the same one. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const rank = (i: number): number => Math.sin(seed * 1_000 + i) * 10_000;
  const fraction = (value: number): number => value - Math.floor(value);
  return items
    .map((item, i) => ({ item, at: fraction(rank(i)) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

it('rollbacks and redemptions at once leave one live redemption, of an order not rolled back', async () => {
  for (let round = 0; round < 20; round += 1) {
    const issuanceId = await rows.issueOne();
    const first = redemptionOf(await bench.redeem(issuanceId, 'order-0'));
    const outcomes = await Promise.all(
      times(40, async (i) => {
        if (i % 2 === 0) await bench.rollBack(first);
        return bench.redeem(issuanceId, `order-${i % 5}`);
      }),
    );
    const second = outcomes.filter(({ kind }) => kind === 'redeemed');
    expect(second).toHaveLength(1);
    expect(second.map(redemptionOf)).not.toContain(first);
    expect(await standing(issuanceId)).toEqual({
      state: 'redeemed',
      hold: null,
      live: 1,
      ended: 1,
      rollbacks: 1,
    });
    expect(wordOf(await bench.redeem(issuanceId, 'order-0'))).toBe('order_rolled_back');
  }
});

it('nobody but the shop redeems what shoppers may not', async () => {
  const outcome = await bench.redeem(id, 'order-1', { shopper: 'anna' });
  expect(wordOf(outcome)).toBe('self_redeem_not_allowed');
  expect(await standing()).toMatchObject({ state: 'issued', live: 0 });
  const own = await rows.issueOne('anna', { selfRedeem: true });
  expect(wordOf(await bench.redeem(own, 'order-1', { shopper: 'ben' }))).toBe('issuance_not_found');
  expect(wordOf(await bench.redeem(own, 'order-1', { shopper: 'anna' }))).toBe('redeemed');
});

describe('what comes between a reading and its write', () => {
  it('another order’s redemption: the decision is made anew', async () => {
    const ledger = postgresRedemptionLedger(rows.database);
    const overtaken = new RedeemBench(rows.database, {
      redeem: async (redemption) => {
        await bench.redeem(id, 'order-2');
        return ledger.redeem(redemption);
      },
    });
    expect(wordOf(await overtaken.redeem(id, 'order-1'))).toBe('already_redeemed');
  });

  it('a redemption by the same order, and its rollback: it stays rolled back', async () => {
    const ledger = postgresRedemptionLedger(rows.database);
    const overtaken = new RedeemBench(rows.database, {
      redeem: async (redemption) => {
        await bench.rollBack(redemptionOf(await bench.redeem(id, 'order-1')));
        return ledger.redeem(redemption);
      },
    });
    expect(wordOf(await overtaken.redeem(id, 'order-1'))).toBe('order_rolled_back');
    expect(await standing()).toMatchObject({ state: 'issued', live: 0, ended: 1 });
  });

  it('another order’s hold, and its release: the second try succeeds', async () => {
    const ledger = postgresRedemptionLedger(rows.database);
    let tries = 0;
    const overtaken = new RedeemBench(rows.database, {
      redeem: async (redemption) => {
        tries += 1;
        if (tries === 1) await bench.hold(id, 'order-2');
        const outcome = await ledger.redeem(redemption);
        await bench.release(id, 'order-2');
        return outcome;
      },
    });
    expect([wordOf(await overtaken.redeem(id, 'order-1')), tries]).toEqual(['redeemed', 2]);
  });

  it('something each time: that is a fault, and nothing has happened', async () => {
    const overtaken = new RedeemBench(rows.database, { redeem: () => Promise.resolve(undefined) });
    await expect(overtaken.redeem(id, 'order-1')).rejects.toBeInstanceOf(LedgerUnavailable);
    expect(await standing()).toMatchObject({ state: 'issued', live: 0 });
  });

  it('a rollback and a later order’s redemption, while another rollback waits: it frees nothing', async () => {
    const first = redemptionOf(await bench.redeem(id, 'order-1'));
    const other = new pg.Client({ connectionString: rows.appUrl });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query('UPDATE redemptions SET live = false WHERE id = $1', [first]);
      await other.query(`INSERT INTO redemption_rollbacks VALUES ($1, now(), 'other')`, [first]);
      await other.query(
        `INSERT INTO redemptions SELECT $2, issuance_id, coupon_id, 'order-2', discount, payable,
           currency, allocations, redeemed_at, redeemed_by FROM redemptions WHERE id = $1`,
        [first, newRedemptionId()],
      );
      await other.query(`UPDATE issuances SET state = 'issued' WHERE id = $1`, [id]);
      await other.query(`UPDATE issuances SET state = 'redeemed' WHERE id = $1`, [id]);
      const waiting = bench.rollBack(first);
      await untilSomebodyWaits();
      await other.query('COMMIT');
      expect((await waiting)?.rolledBackAt).toBeDefined();
    } finally {
      await other.end();
    }
    expect(await standing()).toMatchObject({ state: 'redeemed', live: 1, rollbacks: 1 });
    const issuance = await postgresIssuanceLedger(rows.database).findIssuance(id);
    expect(issuance?.redemption?.orderId).toBe('order-2');
  });
});

function untilSomebodyWaits(): Promise<number> {
  return until('a statement that waits for a lock', 5_000, async () => {
    const { rowCount } = await rows.owner.query(
      `SELECT FROM pg_stat_activity
       WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    return rowCount === 0 ? undefined : 1;
  });
}
