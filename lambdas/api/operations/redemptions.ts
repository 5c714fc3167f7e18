import type { TokenRouteName } from '../../routes.ts';
import { emptyBody } from '../fields.ts';
import { orderBody } from '../order.ts';
import {
  codeBody,
  holdBody,
  holdReply,
  quoteReply,
  redemptionReply,
  rollbackReply,
} from '../redemption.ts';
import { ISSUANCE_ID, issuedExample } from './examples.ts';
import type { Operation } from './operation.ts';

const orderExample = {
  id: 'order-1',
  amount: 50000,
  currency: 'KRW',
  firstOrder: false,
  items: [
    { productId: 'p1', categoryIds: ['c1'], quantity: 1, amount: 30000 },
    { productId: 'p2', categoryIds: [], quantity: 2, amount: 20000 },
  ],
};

const sums = { discount: 5000, payable: 45000, currency: 'KRW', allocations: [3000, 2000] };

const redemptionExample = {
  id: 'w2vT9eQmZ5rK8yUdAb1N0x',
  issuanceId: ISSUANCE_ID,
  orderId: 'order-1',
  ...sums,
  redeemedAt: '2026-11-29T05:12:09.118Z',
};

const quotes = {
  eligible: {
    summary: 'It may be used',
    value: { eligible: true, ...sums, failures: [] },
  },
  notEligible: {
    summary: 'It may not, for two reasons',
    value: {
      eligible: false,
      discount: 0,
      payable: 12000,
      currency: 'KRW',
      allocations: [],
      failures: [
        { code: 'min_order_amount', detail: 'The order must amount to at least 30,000 KRW.' },
        { code: 'first_order_only', detail: 'The coupon is for the first order only.' },
      ],
    },
  },
};

/** Why an issuance is not to be had for an order. */
const OBSTACLES = [
  'already_redeemed',
  'issuance_held',
  'issuance_expired',
  'issuance_revoked',
  'order_rolled_back',
] as const;

/** Of every use of an issuance: it may not be there, or not yet, or nobody can tell. */
const MISSING = [
  'issuance_not_found',
  'issuance_not_ready',
  'gate_closed',
  'outcome_unknown',
] as const;

const redeemed = {
  201: {
    description: 'Redeemed, for this order.',
    schema: redemptionReply,
    examples: { redeemed: { summary: 'Redeemed', value: redemptionExample } },
  },
  200: {
    description: 'This order has redeemed it before: the same redemption.',
    schema: redemptionReply,
    examples: { repeated: { summary: 'Again', value: redemptionExample } },
  },
};

export const redemptionOperations = {
  quoteIssuance: {
    summary: 'What the coupon would take off an order',
    description:
      '`eligible` exactly when redeeming would succeed now; otherwise `failures` names everything that stands in the way, of the issuance and of the conditions of use. Nothing is changed.',
    tag: 'Redemptions',
    requestHeaders: ['idempotencyKey'],
    body: {
      required: true,
      schema: orderBody,
      examples: { order: { summary: 'An order of two lines', value: { order: orderExample } } },
    },
    replies: {
      200: {
        description: 'The quote.',
        schema: quoteReply,
        headers: ['contentLanguage'],
        examples: quotes,
      },
    },
    problems: ['invalid_request', ...MISSING],
  },
  holdIssuance: {
    summary: 'Hold an issuance for an order',
    description:
      'While the order is paid no other one can have it. At most 60 minutes, 10 unless it says otherwise, and never longer than the issuance is valid; the same order again renews it. The holder redeems it; what is not redeemed or released in time is free again by itself.',
    tag: 'Redemptions',
    requestHeaders: ['idempotencyKey'],
    body: {
      required: true,
      schema: holdBody,
      examples: {
        hold: { summary: 'For a quarter of an hour', value: { orderId: 'order-1', minutes: 15 } },
      },
    },
    replies: {
      201: {
        description: 'Held.',
        schema: holdReply,
        examples: {
          held: {
            summary: 'Held',
            value: { orderId: 'order-1', expiresAt: '2026-11-29T05:22:09.118Z' },
          },
        },
      },
    },
    problems: ['invalid_request', 'conditions_not_met', ...OBSTACLES, ...MISSING],
  },
  releaseHold: {
    summary: 'Release a hold',
    description:
      'The order will not be paid: the issuance may be used by another one at once. What this order has redeemed already is not released but rolled back.',
    tag: 'Redemptions',
    replies: { 204: { description: 'Released.' } },
    problems: ['hold_not_found', 'already_redeemed', ...MISSING],
  },
  redeemIssuance: {
    summary: 'Redeem an issuance for an order',
    description:
      'Once, by one order. The same order again gets the same answer, whatever has changed since: asking again is always safe. A shopper’s own token may redeem only what the coupon lets shoppers redeem.',
    tag: 'Redemptions',
    requestHeaders: ['idempotencyKey'],
    body: {
      required: true,
      schema: orderBody,
      examples: { order: { summary: 'An order of two lines', value: { order: orderExample } } },
    },
    replies: redeemed,
    problems: [
      'invalid_request',
      'self_redeem_not_allowed',
      'conditions_not_met',
      ...OBSTACLES,
      ...MISSING,
    ],
  },
  redeemCode: {
    summary: 'Redeem by the secret code',
    description:
      'As by the id. Of the code, letter case, blanks and hyphens do not matter, and I, L and O are read as 1, 1 and 0.',
    tag: 'Redemptions',
    requestHeaders: ['idempotencyKey'],
    body: {
      required: true,
      schema: codeBody,
      examples: {
        code: {
          summary: 'A code and an order',
          value: { code: issuedExample.code, order: orderExample },
        },
      },
    },
    replies: redeemed,
    problems: [
      'invalid_request',
      'self_redeem_not_allowed',
      'conditions_not_met',
      'issuance_not_found',
      ...OBSTACLES,
    ],
  },
  rollBackRedemption: {
    summary: 'Undo a redemption',
    description:
      'The order was cancelled: the issuance is usable again, unless it has expired, by every order but this one. Again: the same answer.',
    tag: 'Redemptions',
    requestHeaders: ['idempotencyKey'],
    body: {
      required: false,
      schema: emptyBody,
      examples: { empty: { summary: 'Nothing needs to be said', value: {} } },
    },
    replies: {
      200: {
        description: 'Rolled back, now or before.',
        schema: rollbackReply,
        examples: {
          rolledBack: {
            summary: 'Rolled back',
            value: { ...redemptionExample, rolledBackAt: '2026-11-30T09:00:00.000Z' },
          },
        },
      },
    },
    problems: ['invalid_request', 'redemption_not_found'],
  },
} as const satisfies Partial<Record<TokenRouteName, Operation>>;
