import { describe, expect, it } from '@jest/globals';
import type { RecordedIssuance, StoredState } from '../../lambdas/domain/issuance.ts';
import { issuanceState } from '../../lambdas/domain/issuance.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import {
  decideHold,
  decideRedeem,
  decideRevoke,
  quoteRedemption,
} from '../../lambdas/domain/redeem-decision.ts';
import type { OrderReading } from '../../lambdas/domain/redemption-ledger.ts';
import type { Redemption } from '../../lambdas/domain/redemption.ts';
import { loadedClaim } from '../support/samples.ts';

const NOW = 1_000_000;
const MINE = 'order-1';
const OTHER = 'order-2';

const issued: RecordedIssuance = {
  ...loadedClaim('couponcoupon', 'anna', { acceptedAt: 1 }),
  state: 'issued',
  code: 'CODE',
  issuedAt: 2,
  validFrom: NOW,
  validUntil: NOW + 1,
};

const mine: Redemption = {
  id: 'r'.repeat(22),
  issuanceId: issued.id,
  orderId: MINE,
  discount: 300,
  payable: 700,
  currency: 'KRW',
  allocations: [100, 200],
  redeemedAt: NOW - 10,
  rolledBackAt: undefined,
};
const rolledBack: Redemption = { ...mine, rolledBackAt: NOW - 5 };

const item = { productId: 'p', categoryIds: [], quantity: 1, amount: 500 };
const order: Order = { id: MINE, amount: 1_000, currency: 'KRW', items: [item, item] };

/** The issuance with its state as given, read now. */
function reading(issuance: Partial<RecordedIssuance>, ofOrder?: Redemption): OrderReading {
  const discount = { type: 'amount', amount: 400, currency: 'KRW' } as const;
  const coupon = { conditions: { minOrderAmount: 1_000 }, discount, selfRedeem: false };
  return { issuance: { ...issued, ...issuance }, coupon, ofOrder, readAt: NOW };
}

const held = (orderId: string) => ({ state: 'held', hold: { orderId, until: NOW + 1 } }) as const;
const early = { validFrom: NOW + 1, validUntil: NOW + 2 };

/** What each operation of the order MINE comes to: its kind, reason or failures. */
const table: [string, OrderReading, { redeem: unknown; quote: unknown; hold: unknown }][] = [
  ['issued', reading({}), { redeem: 'redeem', quote: [], hold: 'hold' }],
  ['held by it', reading(held(MINE)), { redeem: 'redeem', quote: [], hold: 'hold' }],
  [
    'held by another order',
    reading(held(OTHER)),
    { redeem: 'issuance_held', quote: ['issuance_held'], hold: 'issuance_held' },
  ],
  [
    'redeemed by it',
    reading({ state: 'redeemed' }, mine),
    { redeem: 'replayed', quote: [], hold: 'already_redeemed' },
  ],
  [
    'redeemed by it, and expired since',
    reading({ state: 'redeemed', validUntil: NOW - 1 }, mine),
    { redeem: 'replayed', quote: [], hold: 'already_redeemed' },
  ],
  [
    'redeemed by another order',
    reading({ state: 'redeemed' }),
    { redeem: 'already_redeemed', quote: ['already_redeemed'], hold: 'already_redeemed' },
  ],
  [
    'rolled back for it',
    reading({}, rolledBack),
    { redeem: 'order_rolled_back', quote: ['order_rolled_back'], hold: 'order_rolled_back' },
  ],
  [
    'rolled back for it, and redeemed by another order since',
    reading({ state: 'redeemed' }, rolledBack),
    {
      redeem: 'order_rolled_back',
      quote: ['order_rolled_back', 'already_redeemed'],
      hold: 'order_rolled_back',
    },
  ],
  [
    'revoked',
    reading({ state: 'revoked' }),
    { redeem: 'issuance_revoked', quote: ['issuance_revoked'], hold: 'issuance_revoked' },
  ],
  [
    'expired',
    reading({ state: 'expired' }),
    { redeem: 'issuance_expired', quote: ['issuance_expired'], hold: 'issuance_expired' },
  ],
  [
    'not yet valid',
    reading(early),
    { redeem: ['not_yet_valid'], quote: ['not_yet_valid'], hold: ['not_yet_valid'] },
  ],
  [
    'revoked before it was valid',
    reading({ ...early, state: 'revoked' }),
    {
      redeem: 'issuance_revoked',
      quote: ['issuance_revoked', 'not_yet_valid'],
      hold: 'issuance_revoked',
    },
  ],
];

interface Decided {
  readonly kind: string;
  readonly reason?: string;
  readonly failures?: readonly { readonly code: string }[];
}

function summary({ kind, reason, failures }: Decided): unknown {
  return reason ?? failures?.map(({ code }) => code) ?? kind;
}

describe('an order that asks for an issuance', () => {
  it.each(table)('which is %s', (_, read, { redeem, quote, hold }) => {
    const { eligible, failures } = quoteRedemption(read, order);
    expect({
      redeem: summary(decideRedeem(read, order)),
      quote: failures.map(({ code }) => code),
      hold: summary(decideHold(read, MINE)),
    }).toEqual({ redeem, quote, hold });
    expect(eligible).toBe(redeem === 'redeem' || redeem === 'replayed');
  });

  it('is refused with all conditions that do not hold, the validity among them', () => {
    const small = { ...order, amount: 999, currency: 'USD' };
    const codes = ['not_yet_valid', 'currency', 'min_order_amount'];
    expect(summary(decideRedeem(reading(early), small))).toEqual(codes);
    const quote = quoteRedemption(reading(early), small);
    expect(quote.failures.map(({ code }) => code)).toEqual(codes);
  });

  it('and that could hold it whatever its amount is: conditions are asked when it is paid', () => {
    expect(decideHold(reading({}), MINE)).toEqual({ kind: 'hold' });
  });

  it('may redeem by the weekday and hour of the reading, not of this process', () => {
    const hours = { from: '10:00', until: '11:00', timeZone: 'UTC' };
    const at = (time: string): unknown => {
      const readAt = Date.parse(`2001-02-03T${time}Z`);
      const read = reading({ validFrom: 0, validUntil: readAt + 1 });
      const coupon = { ...read.coupon, conditions: { hours } };
      return summary(decideRedeem({ ...read, coupon, readAt }, order));
    };
    expect([at('10:00:00'), at('10:59:59'), at('11:00:00')]).toEqual([
      'redeem',
      'redeem',
      ['hours'],
    ]);
  });
});

describe('a quote', () => {
  it('says what redeeming would answer', () => {
    const decision = decideRedeem(reading({}), order);
    if (decision.kind !== 'redeem') throw new Error(decision.kind);
    const { discount, payable, allocations } = decision.quote;
    expect([discount, payable]).toEqual([400, 600]);
    const quote = quoteRedemption(reading({}), order);
    expect(quote).toEqual({
      eligible: true,
      discount,
      payable,
      currency: 'KRW',
      allocations,
      failures: [],
    });
  });

  it('says of an order that has redeemed what it was answered, whatever it asks now', () => {
    const changed = { ...order, amount: 5, currency: 'USD', items: [] };
    expect(quoteRedemption(reading({ state: 'redeemed' }, mine), changed)).toEqual({
      eligible: true,
      discount: 300,
      payable: 700,
      currency: 'KRW',
      allocations: [100, 200],
      failures: [],
    });
  });

  it('takes nothing off an order that can not redeem', () => {
    expect(quoteRedemption(reading(held(OTHER)), order)).toMatchObject({
      eligible: false,
      discount: 0,
      payable: 1_000,
      allocations: [0, 0],
    });
  });
});

it.each([
  ['issued', { kind: 'revoke' }],
  ['held', { kind: 'refused', reason: 'issuance_held' }],
  ['redeemed', { kind: 'refused', reason: 'already_redeemed' }],
  ['expired', { kind: 'refused', reason: 'issuance_expired' }],
  ['revoked', { kind: 'revoked' }],
] as const)('an operator who revokes what is %s', (state, decision) => {
  expect(decideRevoke({ ...issued, state })).toEqual(decision);
});

describe('the state of an issuance', () => {
  const hold = { orderId: MINE, until: 500 };
  it.each<[string, StoredState, number, string]>([
    ['issued', { state: 'issued', validUntil: 1_000 }, 999, 'issued'],
    ['issued, at its end', { state: 'issued', validUntil: 1_000 }, 1_000, 'expired'],
    ['held', { state: 'held', hold, validUntil: 1_000 }, 499, 'held'],
    ['held, at the end of the hold', { state: 'held', hold, validUntil: 1_000 }, 500, 'issued'],
    ['held, past its end', { state: 'held', hold, validUntil: 1_000 }, 1_000, 'expired'],
    ['redeemed, past its end', { state: 'redeemed', validUntil: 1_000 }, 1_000, 'redeemed'],
    ['revoked, past its end', { state: 'revoked', validUntil: 1_000 }, 1_000, 'revoked'],
  ])('%s', (_, stored, now, state) => {
    expect(issuanceState(stored, now)).toBe(state);
  });
});
