import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { issuancePage } from '../../lambdas/api/issuance.ts';
import { CleanUp } from '../support/clean-up.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { Flow } from '../support/flow.ts';
import { json, type HttpReply } from '../support/http-client.ts';
import { LedgerReader } from '../support/ledger-reader.ts';

const SLOW_MS = 120_000;

const cleanUp = new CleanUp();
let flow: Flow;
let owner: string;
/** The owner's, the newest first: held, redeemed, issued. */
let ids: string[];

beforeAll(async () => {
  flow = cleanUp.add(await Flow.start(), (started) => started.remove());
  owner = await flow.mint.token('owner');
  ids = [];
  for (let i = 0; i < 3; i += 1) {
    const couponId = await flow.createCoupon();
    await flow.issue(couponId, 'other');
    ids.unshift(await flow.issue(couponId, 'owner'));
  }
  const [held = '', redeemed = ''] = ids;
  await flow.checkout.hold(held, 'order-1');
  await flow.checkout.redeem(redeemed, 'order-2');
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

const get = (query: string, token = owner): Promise<HttpReply> =>
  flow.http.get(`/v1/issuances${query}`, token);

async function list(query: string, token = owner): Promise<ReturnType<typeof issuancePage.parse>> {
  const reply = await get(query, token);
  expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('items')]);
  return issuancePage.parse(json(reply));
}

describe('the wallet', () => {
  it('shows shoppers their own issuances with the codes, the newest first, page by page', async () => {
    const { items, nextCursor } = await list('');
    expect(items.map(({ id }) => id)).toEqual(ids);
    expect(nextCursor).toBeNull();
    expect(items.map(({ state }) => state)).toEqual(['held', 'redeemed', 'issued']);
    for (const { code, userId } of items) {
      expect([code?.length, userId]).toEqual([26, 'owner']);
    }
    expect(JSON.stringify(items)).not.toContain('order-');
    const first = await list('?limit=2');
    const second = await list(`?limit=2&cursor=${encodeURIComponent(first.nextCursor ?? '')}`);
    expect([...first.items, ...second.items]).toEqual(items);
    expect(second.nextCursor).toBeNull();
    expect(await list('?userId=owner')).toEqual({ items, nextCursor });
  });

  it('shows those of one state or one coupon', async () => {
    const idsOf = async (query: string): Promise<string[]> =>
      (await list(query)).items.map(({ id }) => id);
    const [held = '', redeemed, issued = ''] = ids;
    expect(await idsOf('?state=held')).toEqual([held]);
    expect(await idsOf('?state=redeemed')).toEqual([redeemed]);
    expect(await idsOf('?state=expired')).toEqual([]);
    expect(await idsOf(`?couponId=${issued.slice(0, 12)}`)).toEqual([issued]);
    expect(await idsOf(`?couponId=${issued.slice(0, 12)}&state=held`)).toEqual([]);
    expect(await idsOf(`?couponId=${'z'.repeat(12)}`)).toEqual([]);
  });

  it('is empty for who has nothing', async () => {
    const nobody = await flow.mint.token('nobody');
    expect(await list('', nobody)).toEqual({ items: [], nextCursor: null });
  });

  it('shows operators any user’s, with the orders and without the codes', async () => {
    const { items } = await list('?userId=owner', flow.operatorToken);
    expect(items.map(({ id }) => id)).toEqual(ids);
    expect(JSON.stringify(items)).not.toContain('"code"');
    expect(items[0]?.hold?.orderId).toBe('order-1');
    expect(items[1]?.redemption?.orderId).toBe('order-2');
    expect((await list('?userId=nobody', flow.operatorToken)).items).toEqual([]);
    const whose = await get('', flow.operatorToken);
    expectProblem(whose, { status: 400, code: 'invalid_request', pointers: ['?userId'] });
  });

  it('shows no shopper another’s', async () => {
    const reply = await get('?userId=other');
    expectProblem(reply, { status: 403, code: 'insufficient_scope' });
    const both = await flow.mint.token('owner', 'coupons:use coupons:manage');
    expect((await list('', both)).items.map(({ id }) => id)).toEqual(ids);
    expect((await list('?userId=owner', both)).items[0]).toHaveProperty('code');
    const [other] = (await list('?userId=other', both)).items;
    expect(other).toMatchObject({ userId: 'other' });
    expect(other).not.toHaveProperty('code');
  });

  it('does not show users who are erased', async () => {
    const ledger = new LedgerReader(flow.stack.endpoints.databaseUrl);
    try {
      const id = await flow.issue(await flow.createCoupon(), 'erased');
      await ledger.run('UPDATE issuances SET user_id = NULL WHERE id = $1', [id]);
    } finally {
      await ledger.close();
    }
    expect((await list('?userId=erased', flow.operatorToken)).items).toEqual([]);
  });

  it.each([
    ['?state=accepted', '?state'],
    ['?state=', '?state'],
    ['?limit=0', '?limit'],
    ['?limit=101', '?limit'],
    ['?limit=2&limit=3', '?limit'],
    ['?couponId=x', '?couponId'],
    ['?userId=', '?userId'],
    ['?userId=%00', '?userId'],
    ['?userId=%ff', '?userId'],
    [`?userId=${'x'.repeat(256)}`, '?userId'],
  ])('is not asked for by %s', async (query, pointer) => {
    const reply = await get(query);
    expectProblem(reply, { status: 400, code: 'invalid_request', pointers: [pointer] });
  });

  it.each(['x', 'bnVsbA', 'WzEsMl0', 'WzFlMzAwLCJ4Il0', 'WzEsImFhYWFhYWFhYWFhYV8iXQ'])(
    'does not go on from where nothing can be: %s',
    async (cursor) => {
      const reply = await get(`?cursor=${cursor}`);
      expectProblem(reply, { status: 400, code: 'invalid_cursor' });
    },
  );
});
