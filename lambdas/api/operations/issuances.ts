import type { TokenRouteName } from '../../routes.ts';
import { emptyBody } from '../fields.ts';
import { issuancePage, issuanceQuery, issuanceReply } from '../issuance.ts';
import { acceptedExample, issuedExample } from './examples.ts';
import type { Operation } from './operation.ts';

const issued = { issued: { summary: 'Recorded', value: issuedExample } };

export const issuanceOperations = {
  issueCoupon: {
    summary: 'Claim a coupon',
    description:
      'First come, first served. A `202` is never taken back: the issuance is safe from then on, and recorded a moment later. Asking again is always safe, and gets the same issuance in its present state, also when the coupon is paused, closed, ended or sold out by then.',
    tag: 'Issuances',
    requestHeaders: ['claimKey'],
    body: {
      required: false,
      schema: emptyBody,
      examples: { empty: { summary: 'Nothing needs to be said', value: {} } },
    },
    replies: {
      200: {
        description: 'The user has it already.',
        schema: issuanceReply,
        headers: ['location'],
        examples: issued,
      },
      202: {
        description: 'Accepted.',
        schema: issuanceReply,
        headers: ['location'],
        examples: { accepted: { summary: 'Accepted', value: acceptedExample } },
      },
    },
    problems: [
      'invalid_request',
      'coupon_not_found',
      'sold_out',
      'issue_not_started',
      'issue_ended',
      'coupon_paused',
      'coupon_closed',
      'user_limit_reached',
      'gate_closed',
      'outcome_unknown',
    ],
  },
  getIssuance: {
    summary: 'Read an issuance',
    description:
      "To be read from the moment of the `202`. A shopper sees their own; another's is a 404. While nobody can tell whether it exists the answer is 503, never 404.",
    tag: 'Issuances',
    replies: { 200: { description: 'The issuance.', schema: issuanceReply, examples: issued } },
    problems: ['issuance_not_found', 'gate_closed', 'outcome_unknown'],
  },
  listIssuances: {
    summary: 'List the issuances of a user',
    description:
      "A shopper's own wallet; an operator names the user. The newest first; what is accepted and not yet recorded is in no list, but can be read by its id.",
    tag: 'Issuances',
    query: issuanceQuery,
    replies: {
      200: {
        description: 'A page.',
        schema: issuancePage,
        examples: {
          page: { summary: 'One issuance', value: { items: [issuedExample], nextCursor: null } },
        },
      },
    },
    problems: ['invalid_request', 'invalid_cursor'],
  },
  revokeIssuance: {
    summary: 'Take an issuance back',
    description:
      'It can not be used any more. The unit is not given again by itself; raise the quantity for that. Again: the same answer.',
    tag: 'Operations',
    requestHeaders: ['idempotencyKey'],
    body: {
      required: false,
      schema: emptyBody,
      examples: { empty: { summary: 'Nothing needs to be said', value: {} } },
    },
    replies: {
      200: {
        description: 'The issuance, revoked.',
        schema: issuanceReply,
        examples: {
          revoked: {
            summary: 'Revoked',
            value: { ...issuedExample, state: 'revoked', code: undefined },
          },
        },
      },
    },
    problems: [
      'invalid_request',
      'already_redeemed',
      'issuance_held',
      'issuance_expired',
      'issuance_not_found',
      'issuance_not_ready',
      'gate_closed',
      'outcome_unknown',
    ],
  },
} as const satisfies Partial<Record<TokenRouteName, Operation>>;
