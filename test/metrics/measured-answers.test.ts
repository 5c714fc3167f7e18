import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '../../lambdas/http/answer.ts';
import { json, problem } from '../../lambdas/http/answer.ts';
import { GateOutcomeUnknown, LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { MemoryIdempotencyStore } from '../fakes/memory-idempotency-store.ts';
import { MemoryMeter } from '../fakes/memory-meter.ts';
import { httpFunction, type FunctionCall } from '../support/http-function.ts';

const COUPON = 'q1w2e3r4t5y6';
const CLAIM: FunctionCall = {
  method: 'POST',
  path: `/v1/coupons/${COUPON}/issuances`,
  token: 'anna.use',
};
const REDEMPTION: FunctionCall = {
  method: 'POST',
  path: `/v1/issuances/${COUPON}_${'A'.repeat(22)}/redemptions`,
  token: 'shop.checkout',
};
const QUOTE: FunctionCall = {
  method: 'POST',
  path: `/v1/issuances/${COUPON}_${'A'.repeat(22)}/quotes`,
  token: 'shop.checkout',
  body: {},
};
const HOLD: FunctionCall = { ...QUOTE, path: QUOTE.path.replace('quotes', 'holds') };

const clock = new ManualClock();
let meter: MemoryMeter;
let unexpected: number;
let answer: () => Promise<Answer>;
let call: ReturnType<typeof httpFunction>;

beforeEach(() => {
  meter = new MemoryMeter();
  unexpected = 0;
  const endpoint = (): Promise<Answer> => {
    clock.advance(25);
    return answer();
  };
  call = httpFunction({
    measure: { meter, clock, countUnexpected: () => (unexpected += 1) },
    endpoints: {
      issueCoupon: endpoint,
      redeemIssuance: endpoint,
      quoteIssuance: endpoint,
      holdIssuance: endpoint,
      getIssuance: endpoint,
    },
    idempotencyStore: new MemoryIdempotencyStore(60, () => clock.now()),
  });
});

/** What was counted. */
function outcomes(name: 'Claims' | 'Redemptions' | 'Checkouts'): unknown[] {
  return meter.recorded.flatMap(([each, count, dimensions]) =>
    each === name ? [[count, dimensions]] : [],
  );
}

describe('a claim is counted by its answer', () => {
  it.each<[string, () => Promise<Answer>]>([
    ['accepted', () => Promise.resolve(json(202, {}))],
    ['repeated', () => Promise.resolve(json(200, {}))],
    ['sold_out', () => Promise.resolve(problem('sold_out'))],
    ['gate_closed', () => Promise.resolve(problem('gate_closed'))],
    ['outcome_unknown', () => Promise.reject(new GateOutcomeUnknown('no reply'))],
  ])('as %s, with the time it took', async (outcome, answered) => {
    answer = answered;
    await call(CLAIM);
    expect(outcomes('Claims')).toEqual([[1, { outcome }]]);
    expect(meter.of('ClaimDuration')).toEqual([25]);
    expect(unexpected).toBe(0);
  });

  it('as unauthenticated, insufficient_scope or malformed_json, though no endpoint was asked', async () => {
    const { token: _, ...stranger } = CLAIM;
    await call(stranger);
    await call({ ...CLAIM, token: 'shop.checkout' });
    await call({ ...CLAIM, body: '{' });
    expect(outcomes('Claims')).toEqual([
      [1, { outcome: 'unauthenticated' }],
      [1, { outcome: 'insufficient_scope' }],
      [1, { outcome: 'malformed_json' }],
    ]);
    expect(meter.of('ClaimDuration')).toEqual([0, 0, 0]);
  });

  it('as unavailable when it comes to a bug, which is counted besides', async () => {
    answer = () => Promise.reject(new TypeError('x is not a function'));
    expect((await call(CLAIM)).status).toBe(503);
    expect(outcomes('Claims')).toEqual([[1, { outcome: 'unavailable' }]]);
    expect(unexpected).toBe(1);
  });

  it('but a health check is none, whatever it asks for', async () => {
    await call({ ...CLAIM, headers: { 'user-agent': 'ELB-HealthChecker/2.0' } });
    await call({ path: '/health' });
    expect(meter.recorded).toEqual([]);
  });
});

describe('a redemption is counted by its answer', () => {
  it('as redeemed once, and as repeated for the same order or the same key', async () => {
    answer = () => Promise.resolve(json(201, {}));
    const keyed = { ...REDEMPTION, headers: { 'idempotency-key': 'key-1' }, body: {} };
    await call(keyed);
    await call(keyed);
    answer = () => Promise.resolve(json(200, {}));
    await call({ ...REDEMPTION, body: {} });
    answer = () => Promise.resolve(problem('already_redeemed'));
    await call({ ...REDEMPTION, body: {} });
    expect(outcomes('Redemptions')).toEqual([
      [1, { outcome: 'redeemed' }],
      [1, { outcome: 'repeated' }],
      [1, { outcome: 'repeated' }],
      [1, { outcome: 'already_redeemed' }],
    ]);
    expect(meter.of('ClaimDuration')).toEqual([]);
  });
});

describe('what a checkout asks before it redeems is counted by its answer', () => {
  it.each([
    ['quote', QUOTE, 200, 'quoted'],
    ['hold', HOLD, 201, 'held'],
  ])('a %s as such, with what kept it from its answer', async (name, asked, status, outcome) => {
    answer = () => Promise.resolve(json(status, {}));
    await call(asked);
    answer = () => Promise.reject(new LedgerUnavailable('PostgreSQL is away'));
    expect((await call(asked)).status).toBe(503);
    answer = () => Promise.resolve(problem('issuance_expired'));
    await call(asked);
    const { token: _, ...stranger } = asked;
    await call(stranger);
    expect(outcomes('Checkouts')).toEqual([
      [1, { call: name, outcome }],
      [1, { call: name, outcome: 'unavailable' }],
      [1, { call: name, outcome: 'issuance_expired' }],
      [1, { call: name, outcome: 'unauthenticated' }],
    ]);
    expect(outcomes('Redemptions')).toEqual([]);
  });

  it('one that is sent again with its key as repeated', async () => {
    answer = () => Promise.resolve(json(201, {}));
    const keyed = { ...HOLD, headers: { 'idempotency-key': 'key-1' } };
    await call(keyed);
    await call(keyed);
    expect(outcomes('Checkouts')).toEqual([
      [1, { call: 'hold', outcome: 'held' }],
      [1, { call: 'hold', outcome: 'repeated' }],
    ]);
  });
});

it('other calls are not counted', async () => {
  answer = () => Promise.resolve(json(200, {}));
  await call({ path: `/v1/issuances/${COUPON}_${'A'.repeat(22)}`, token: 'anna.use' });
  expect(meter.recorded).toEqual([]);
});
