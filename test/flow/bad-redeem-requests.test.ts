import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { bodiesWrongForAll, JSON_TYPE, unreadableBodies } from '../support/bad-bodies.ts';
import { orderOf } from '../support/checkout.ts';
import { CleanUp } from '../support/clean-up.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { Flow } from '../support/flow.ts';
import { json, type HttpCall } from '../support/http-client.ts';
import { LedgerReader } from '../support/ledger-reader.ts';

const SLOW_MS = 120_000;

const cleanUp = new CleanUp();
let flow: Flow;
let ledger: LedgerReader;
let id: string;
let before: unknown;

/** All that a request could have changed. */
async function stored(): Promise<unknown> {
  const issuance = await flow.http.get(`/v1/issuances/${id}`, flow.checkout.token);
  return { ...(await ledger.counts()), issuance: issuance.text };
}

beforeAll(async () => {
  flow = cleanUp.add(await Flow.start(), (started) => started.remove());
  const { databaseUrl } = flow.stack.endpoints;
  ledger = cleanUp.add(new LedgerReader(databaseUrl), (opened) => opened.close());
  id = await flow.issue(await flow.createCoupon(), 'owner');
  before = await stored();
}, SLOW_MS);

afterEach(async () => {
  expect(await stored()).toEqual(before);
});

afterAll(() => cleanUp.run(), SLOW_MS);

const order = orderOf('order-1');
const CODE = '0'.repeat(26);
const item = { productId: 'p1', categoryIds: ['c1'], quantity: 1, amount: 50_000 };

/** What takes a body, with a good one: only the issuance of the code there is not. */
const calls: Record<string, { path: () => string; body: Record<string, unknown> }> = {
  'a redemption': { path: () => `issuances/${id}/redemptions`, body: { order } },
  'a redemption by code': { path: () => 'redemptions', body: { code: CODE, order } },
  'a quote': { path: () => `issuances/${id}/quotes`, body: { order } },
  'a hold': { path: () => `issuances/${id}/holds`, body: { orderId: 'order-1' } },
};

function callOf(
  what: string,
  body: string | Buffer,
  headers: Record<string, string> = JSON_TYPE,
): HttpCall {
  const path = `/v1/${calls[what]?.path() ?? ''}`;
  return { method: 'POST', path, token: flow.checkout.token, body, headers };
}

describe.each(Object.keys(calls))('the body of %s', (what) => {
  it.each(unreadableBodies)('is refused: %s', async (_name, body, headers, status, code) => {
    expectProblem(await flow.http.send(callOf(what, body, headers)), { status, code });
  });

  it.each([
    ...bodiesWrongForAll,
    ['an empty object', '{}'],
    ['nothing', ''],
    ['a field too much', JSON.stringify({ ...calls[what]?.body, userId: 'owner' })],
  ])('is refused with what is wrong named: %s', async (_name, body) => {
    const reply = await flow.http.send(callOf(what, body));

    expectProblem(reply, { status: 400, code: 'invalid_request' });
    expect(json(reply)['errors']).toEqual(expect.arrayContaining([expect.anything()]));
  });
});

describe.each(['a redemption', 'a redemption by code', 'a quote'])('the order of %s', (what) => {
  it.each<[string, Record<string, unknown>, string]>([
    ['no id', { id: undefined }, '/order/id'],
    ['an empty id', { id: '' }, '/order/id'],
    ['a NUL in its id', { id: 'a\u0000' }, '/order/id'],
    ['an id without end', { id: 'x'.repeat(5_000) }, '/order/id'],
    ['no amount', { amount: undefined }, '/order/amount'],
    ['less than nothing to pay', { amount: -1 }, '/order/amount'],
    ['a half to pay', { amount: 0.5 }, '/order/amount'],
    ['an amount that is a text', { amount: '50000' }, '/order/amount'],
    ['an amount beyond 2^53', { amount: 2 ** 60 }, '/order/amount'],
    ['no currency', { currency: undefined }, '/order/currency'],
    ['a currency that is none', { currency: 'won' }, '/order/currency'],
    [
      'an item without a product',
      { items: [{ ...item, productId: undefined }] },
      '/order/items/0/productId',
    ],
    ['none of an item', { items: [item, { ...item, quantity: 0 }] }, '/order/items/1/quantity'],
    [
      'too many items',
      { items: Array.from({ length: 1_001 }, () => ({ productId: 'p', quantity: 1, amount: 1 })) },
      '/order/items',
    ],
    ['a field too much', { discount: 5 }, '/order/discount'],
  ])('is refused with %s', async (_name, changes, pointer) => {
    const body = { ...calls[what]?.body, order: { ...order, ...changes } };
    const reply = await flow.http.send(callOf(what, JSON.stringify(body)));
    expectProblem(reply, { status: 400, code: 'invalid_request', pointers: [pointer] });
  });
});

it.each<[string, Record<string, unknown>, string]>([
  ['no order', { orderId: undefined }, '/orderId'],
  ['an empty order', { orderId: '' }, '/orderId'],
  ['a NUL in its order', { orderId: '\u0000' }, '/orderId'],
  ['half of a surrogate pair in its order', { orderId: '\ud800' }, '/orderId'],
  ['no minute', { minutes: 0 }, '/minutes'],
  ['more than an hour', { minutes: 61 }, '/minutes'],
  ['half a minute', { minutes: 0.5 }, '/minutes'],
  ['minutes as a text', { minutes: '10' }, '/minutes'],
])('a hold is refused with %s', async (_name, changes, pointer) => {
  const body = JSON.stringify({ orderId: 'order-1', ...changes });
  const reply = await flow.http.send(callOf('a hold', body));
  expectProblem(reply, { status: 400, code: 'invalid_request', pointers: [pointer] });
});

it.each([5, '', 'x'.repeat(101), null])(
  'a code is a text that can be one: not %j',
  async (code) => {
    const reply = await flow.http.post('/v1/redemptions', flow.checkout.token, { code, order });
    expectProblem(reply, { status: 400, code: 'invalid_request', pointers: ['/code'] });
  },
);

it.each(['revoke', 'rollback'])('%s takes no body but an empty one', async (what) => {
  const thing = what === 'revoke' ? `issuances/${id}` : `redemptions/${'A'.repeat(22)}`;
  for (const body of ['{"reason":"x"}', '[]', 'null', '""', '0']) {
    const reply = await flow.http.post(`/v1/${thing}/${what}`, flow.operatorToken, body);
    expectProblem(reply, { status: 400, code: 'invalid_request' });
  }
});
