import type { TokenRouteName } from '../../routes.ts';
import { emptyBody } from '../fields.ts';
import { couponDefinition, couponPage, couponPatch, couponQuery, couponReply } from '../coupon.ts';
import {
  couponDefinitionExample,
  couponDefinitionWithConditions,
  couponDefinitionWithNotifications,
  couponExample,
} from './examples.ts';
import type { Operation, ReplyDescription } from './operation.ts';

const changed: ReplyDescription = {
  description: 'The coupon as it is now.',
  schema: couponReply,
  examples: { coupon: { summary: 'The coupon', value: couponExample } },
};

const noBodyNeeded: Operation['body'] = {
  required: false,
  schema: emptyBody,
  examples: { empty: { summary: 'Nothing needs to be said', value: {} } },
};

export const couponOperations = {
  createCoupon: {
    summary: 'Open a coupon',
    description:
      'The coupon exists once this is answered. Its gate opens at the same time, or a moment later: until then claims get `gate_closed`.',
    tag: 'Coupons',
    requestHeaders: ['idempotencyKey'],
    body: {
      required: true,
      schema: couponDefinition,
      examples: {
        plain: { summary: '5,000 won off, for 30 days', value: couponDefinitionExample },
        conditions: { summary: '15 % off, on weekends', value: couponDefinitionWithConditions },
        notifications: {
          summary: 'Shoppers and operators are told',
          value: couponDefinitionWithNotifications,
        },
      },
    },
    replies: {
      201: {
        description: 'The new coupon.',
        schema: couponReply,
        headers: ['location'],
        examples: {
          coupon: {
            summary: 'The coupon',
            value: { ...couponExample, issued: 0, remaining: 1000 },
          },
        },
      },
    },
    problems: ['invalid_request'],
  },
  listCoupons: {
    summary: 'List the coupons',
    description: 'The newest first. A page ends with the cursor of the next, if there is one.',
    tag: 'Coupons',
    query: couponQuery,
    replies: {
      200: {
        description: 'A page of coupons.',
        schema: couponPage,
        examples: {
          page: { summary: 'The last page', value: { items: [couponExample], nextCursor: null } },
        },
      },
    },
    problems: ['invalid_request', 'invalid_cursor'],
  },
  getCoupon: {
    summary: 'Read a coupon',
    description:
      'Made to be polled: it is a second old at most while all goes well, and `If-None-Match` spares the body. `serverTime` tells how far the clock of the caller is off.',
    tag: 'Coupons',
    requestHeaders: ['ifNoneMatch'],
    replies: {
      200: {
        description: 'The coupon.',
        schema: couponReply,
        headers: ['etag'],
        examples: { coupon: { summary: 'While it is issued', value: couponExample } },
      },
      304: { description: 'Nothing but the time has changed.', headers: ['etag'] },
    },
    problems: ['coupon_not_found'],
  },
  changeCoupon: {
    summary: 'Change a coupon',
    description:
      'Its name, description, quantity, the end of its window, and its notifications as a whole (`null`: nobody is told any more); what is not named stays as it is. The quantity may rise, or fall to what is already given. The gate obeys before this is answered. What would be no change changes nothing.',
    tag: 'Coupons',
    body: {
      required: true,
      schema: couponPatch,
      examples: {
        more: { summary: '500 more', value: { quantity: 1500 } },
        silent: { summary: 'Nobody is told any more', value: { notifications: null } },
        longer: { summary: 'A day longer', value: { issueEndsAt: '2026-11-29T00:00:00Z' } },
      },
    },
    replies: { 200: changed },
    problems: [
      'invalid_request',
      'coupon_not_found',
      'invalid_transition',
      'quantity_below_issued',
      'gate_closed',
      'outcome_unknown',
    ],
  },
  pauseCoupon: {
    summary: 'Pause a coupon',
    description: 'Claims are refused within a second, until it is resumed. Again: the same answer.',
    tag: 'Coupons',
    requestHeaders: ['idempotencyKey'],
    body: noBodyNeeded,
    replies: { 200: changed },
    problems: [
      'invalid_request',
      'coupon_not_found',
      'invalid_transition',
      'gate_closed',
      'outcome_unknown',
    ],
  },
  resumeCoupon: {
    summary: 'Resume a coupon',
    description: 'Undoes a pause. Again: the same answer.',
    tag: 'Coupons',
    requestHeaders: ['idempotencyKey'],
    body: noBodyNeeded,
    replies: { 200: changed },
    problems: [
      'invalid_request',
      'coupon_not_found',
      'invalid_transition',
      'gate_closed',
      'outcome_unknown',
    ],
  },
  closeCoupon: {
    summary: 'Close a coupon, for ever',
    description:
      'Claims are refused within a second, and there is no way back. What was given stays valid.',
    tag: 'Coupons',
    requestHeaders: ['idempotencyKey'],
    body: noBodyNeeded,
    replies: { 200: changed },
    problems: [
      'invalid_request',
      'coupon_not_found',
      'invalid_transition',
      'gate_closed',
      'outcome_unknown',
    ],
  },
} as const satisfies Partial<Record<TokenRouteName, Operation>>;
