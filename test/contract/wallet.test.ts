import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { postgresWallet } from '../../lambdas/adapters/postgres/issuance-wallet.ts';
import { RECORDED_STATES } from '../../lambdas/domain/issuance.ts';
import type { WalletQuery } from '../../lambdas/domain/wallet.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import { RedeemBench } from '../support/redeem-bench.ts';

let rows: IssuedRows;

beforeAll(async () => {
  rows = await IssuedRows.open();
});

afterAll(() => rows.close());

/** Page by page, with `between` after each of them. */
async function listAll(
  query: Omit<WalletQuery, 'limit' | 'after'>,
  limit: number,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<string[]> {
  const wallet = postgresWallet(rows.database);
  const listed: string[] = [];
  let after: WalletQuery['after'];
  for (;;) {
    const page = await wallet.listIssuances({ ...query, limit, after });
    listed.push(...page.map(({ id }) => id));
    after = page.at(-1);
    if (after === undefined) return listed;
    await between();
  }
}

describe('a wallet', () => {
  it('lists a user’s issuances, the newest first, each once, also while others come', async () => {
    const issueOneOf = async (userId: string, acceptedAt: number): Promise<string> => {
      const [id = ''] = await rows.issue(await rows.newCoupon(), [userId], acceptedAt);
      return id;
    };
    const now = Date.now();
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.unshift(await issueOneOf('collector', now + i));
    await issueOneOf('other', now + 2);

    let later = now + 100;
    const listed = await listAll({ userId: 'collector' }, 2, () =>
      issueOneOf('collector', (later += 1)),
    );

    expect(listed).toEqual(ids);
  });

  it('keeps an order among those of one millisecond', async () => {
    const at = Date.now();
    const ids: string[] = [];
    for (let i = 0; i < 7; i += 1) {
      const [id = ''] = await rows.issue(await rows.newCoupon(), ['simultaneous'], at);
      ids.push(id);
    }
    const listed = await listAll({ userId: 'simultaneous' }, 2);
    expect(new Set(listed)).toEqual(new Set(ids));
    expect(listed).toHaveLength(7);
  });

  it('lists those of one coupon', async () => {
    const one = await rows.issueOne('choosy');
    await rows.issueOne('choosy');
    const query = { userId: 'choosy', couponId: one.slice(0, 12) };
    expect(await listAll(query, 1)).toEqual([one]);
    expect(await listAll({ ...query, userId: 'other' }, 1)).toEqual([]);
  });

  it('lists those of one state, as each of them is shown, by the database’s clock', async () => {
    const bench = new RedeemBench(rows.database);
    const newOne = (): Promise<string> => rows.issueOne('owner');
    const set = (id: string, changes: string): Promise<unknown> =>
      rows.owner.query(`UPDATE issuances SET ${changes} WHERE id = $1`, [id]);
    const [issued, held, lapsed, redeemed, redeemedPast, expired, expiredHold, revoked] = [
      await newOne(),
      await newOne(),
      await newOne(),
      await newOne(),
      await newOne(),
      await newOne(),
      await newOne(),
      await newOne(),
    ];
    for (const id of [held, lapsed, expiredHold]) await bench.hold(id, 'order-1');
    await set(lapsed, 'held_until = now()');
    for (const id of [redeemed, redeemedPast]) await bench.redeem(id, 'order-1');
    for (const id of [redeemedPast, expired]) await set(id, 'valid_until = now()');
    await set(expiredHold, 'held_until = now(), valid_until = now()');
    await bench.revoke(revoked);
    const expected: Record<string, string[]> = {
      issued: [issued, lapsed],
      held: [held],
      redeemed: [redeemed, redeemedPast],
      expired: [expired, expiredHold],
      revoked: [revoked],
    };

    for (const state of RECORDED_STATES) {
      const listed = await listAll({ userId: 'owner', state }, 1);
      expect({ state, ids: new Set(listed) }).toEqual({ state, ids: new Set(expected[state]) });
      const wallet = postgresWallet(rows.database);
      const shown = await wallet.listIssuances({ userId: 'owner', state, limit: 10 });
      expect(new Set(shown.map((issuance) => issuance.state))).toEqual(new Set([state]));
    }
  });

  it('shows by which order something is held or was redeemed', async () => {
    const bench = new RedeemBench(rows.database);
    const [held, redeemed] = [await rows.issueOne('buyer'), await rows.issueOne('buyer')];
    await bench.hold(held, 'order-1');
    await bench.redeem(redeemed, 'order-2');
    const shown = await postgresWallet(rows.database).listIssuances({ userId: 'buyer', limit: 10 });
    const byId = new Map(shown.map((issuance) => [issuance.id, issuance]));
    expect(byId.get(held)?.hold?.orderId).toBe('order-1');
    expect(byId.get(redeemed)?.redemption?.orderId).toBe('order-2');
  });
});

const OTHERS = `
  INSERT INTO issuances (id, coupon_id, user_key, user_id, ordinal, sequence, epoch, code,
    accepted_at, valid_from, valid_until)
  SELECT $1 || '_' || lpad(i::text, 22, '0'), $1, 'key-' || i, 'user-' || i % $3, 1, i, 1,
    'code-' || i, now() - i * interval '1 second', now(), now() + interval '1 day'
  FROM generate_series(1, $2) AS i`;

const REDEMPTIONS = `
  WITH used AS (
    UPDATE issuances SET state = 'redeemed' WHERE coupon_id = $1 AND sequence % 2 = 0
    RETURNING id, coupon_id, sequence)
  INSERT INTO redemptions (id, issuance_id, coupon_id, order_id, discount, payable, currency,
    allocations, redeemed_at)
  SELECT lpad(sequence::text, 22, '0'), id, coupon_id, 'order', 0, 0, 'KRW', '[]', now() FROM used`;

it('reads one user’s rows of 50,000 by an index, whatever is asked of them', async () => {
  const couponId = await rows.newCoupon();
  await rows.owner.query(OTHERS, [couponId, 50_000, 5_000]);
  await rows.owner.query(REDEMPTIONS, [couponId]);
  await rows.owner.query('ANALYZE issuances, redemptions');
  const after = { acceptedAt: Date.now(), id: `${couponId}_${'0'.repeat(22)}` };
  for (const query of [
    { userId: 'user-7', limit: 21 },
    { userId: 'user-7', limit: 21, after, couponId, state: 'issued' },
    { userId: 'user-7', limit: 21, state: 'expired' },
  ] as const) {
    const { actual, plan } = await explain(query);
    expect(plan).toContain('issuances_of_a_user');
    expect(plan).not.toContain('Seq Scan');
    expect(actual).toBeLessThan(50);
  }
});

/** How the wallet's own statement is run, and how long that takes, milliseconds. */
async function explain(query: WalletQuery): Promise<{ actual: number; plan: string }> {
  let plan = '';
  const explaining: Pick<Database, 'query'> = {
    query: async (text, values = []) => {
      const result = await rows.owner.query<{ 'QUERY PLAN': string }>(`EXPLAIN ANALYZE ${text}`, [
        ...values,
      ]);
      plan = result.rows.map((row) => row['QUERY PLAN']).join('\n');
      return { ...result, rows: [] };
    },
  };
  await postgresWallet({ ...rows.database, ...explaining }).listIssuances(query);
  return { actual: Number(/Execution Time: ([\d.]+)/.exec(plan)?.[1]), plan };
}
