import * as z from 'zod';
import type { TokenRouteName } from '../../routes.ts';
import { emptyBody } from '../fields.ts';
import { auditPage, auditQuery } from '../audit.ts';
import { couponStatsReply } from '../coupon-stats.ts';
import { exportPage, exportQuery } from '../export.ts';
import { quarantinePage, quarantineQuery, quarantineReply } from '../quarantine.ts';
import { COUPON_ID, ISSUANCE_ID } from './examples.ts';
import type { Operation } from './operation.ts';

const statsExample = {
  couponId: COUPON_ID,
  state: 'open',
  quantity: 1000,
  issuances: { accepted: 2, issued: 391, held: 4, redeemed: 25, expired: 0, revoked: 1 },
  gate: { state: 'open', since: '2026-11-26T23:59:58.000Z', given: 423, remaining: 577 },
  rejections: {
    since: '2026-11-26T23:59:58.000Z',
    sold_out: 0,
    issue_not_started: 31,
    issue_ended: 0,
    coupon_paused: 0,
    coupon_closed: 0,
    user_limit_reached: 0,
  },
  lag: { unrecorded: 2, pending: 0 },
  serverTime: '2026-11-27T00:00:04.217Z',
};

const quarantineExample = {
  id: '7',
  topic: 'coupon-claims',
  partition: 3,
  offset: '81237',
  reason: 'malformed',
  detail: 'not JSON',
  couponId: null,
  issuanceId: null,
  key: null,
  value: 'bm90IEpTT04=',
  valueBytes: 8,
  createdAt: '2026-11-27T00:00:05.000Z',
  discardedAt: null,
  discardedBy: null,
};

const exportedExample = {
  id: ISSUANCE_ID,
  userId: 'anna',
  state: 'redeemed',
  sequence: 422,
  acceptedAt: '2026-11-27T00:00:04.219Z',
  issuedAt: '2026-11-27T00:00:04.480Z',
  validFrom: '2026-11-27T00:00:04.219Z',
  validUntil: '2026-12-27T00:00:04.219Z',
  orderId: 'order-1',
  redeemedAt: '2026-11-29T05:12:09.118Z',
};

const auditExample = {
  id: '18',
  at: '2026-11-27T00:10:00.000Z',
  actor: 'operator',
  action: 'coupon.changed',
  couponId: COUPON_ID,
  subject: null,
  details: { before: { quantity: 1000 }, after: { quantity: 1500 } },
  requestId: '1-6b032c9a-9784039597f0000000000005',
};

export const operatorOperations = {
  getCouponStats: {
    summary: 'The figures of a coupon',
    description:
      'Issuances by state, refused claims by reason, and how far the record is behind. What only a gate could tell is null while it is closed, never a guess.',
    tag: 'Operations',
    replies: {
      200: {
        description: 'The figures.',
        schema: couponStatsReply,
        examples: { open: { summary: 'In the first seconds', value: statsExample } },
      },
    },
    problems: ['coupon_not_found'],
  },
  exportIssuances: {
    summary: 'Export the issuances of a coupon',
    description:
      'In pages, as JSON or CSV; the pages in CSV one after the other are the whole file. In the order of the line: what is recorded meanwhile moves nothing. The first page is noted in the audit. Without the codes.',
    tag: 'Operations',
    query: exportQuery,
    replies: {
      200: {
        description: 'A page.',
        schema: exportPage,
        headers: ['nextPage', 'nextCursor'],
        otherContents: { 'text/csv': z.string() },
        examples: {
          page: { summary: 'The last page', value: { items: [exportedExample], nextCursor: null } },
        },
      },
    },
    problems: ['invalid_request', 'invalid_cursor', 'coupon_not_found'],
  },
  listAudit: {
    summary: 'Who did what',
    description: 'The newest first. Nothing here is ever changed.',
    tag: 'Operations',
    query: auditQuery,
    replies: {
      200: {
        description: 'A page.',
        schema: auditPage,
        examples: {
          page: { summary: 'One entry', value: { items: [auditExample], nextCursor: null } },
        },
      },
    },
    problems: ['invalid_request', 'invalid_cursor'],
  },
  listQuarantine: {
    summary: 'What could not be stored',
    description:
      'Records kept whole, with the reason; those already discarded with `discarded=true`. They are never inserted later: their units come back by a new claim.',
    tag: 'Operations',
    query: quarantineQuery,
    replies: {
      200: {
        description: 'A page.',
        schema: quarantinePage,
        examples: {
          page: { summary: 'One record', value: { items: [quarantineExample], nextCursor: null } },
        },
      },
    },
    problems: ['invalid_request', 'invalid_cursor'],
  },
  discardQuarantined: {
    summary: 'Discard a quarantined record',
    description: 'It was looked at, and is no matter any more. It stays. Again: the same answer.',
    tag: 'Operations',
    requestHeaders: ['idempotencyKey'],
    body: {
      required: false,
      schema: emptyBody,
      examples: { empty: { summary: 'Nothing needs to be said', value: {} } },
    },
    replies: {
      200: {
        description: 'The record, discarded.',
        schema: quarantineReply,
        examples: {
          discarded: {
            summary: 'Discarded',
            value: {
              ...quarantineExample,
              discardedAt: '2026-11-27T09:00:00.000Z',
              discardedBy: 'operator',
            },
          },
        },
      },
    },
    problems: ['invalid_request', 'not_found'],
  },
  eraseUser: {
    summary: 'Erase a user',
    description:
      'The identity goes from every table and gate; counts and limits stay true. Also of a user who never came. Again: the same answer.',
    tag: 'Operations',
    replies: { 204: { description: 'Erased.' } },
    problems: ['not_found', 'outcome_unknown'],
  },
} as const satisfies Partial<Record<TokenRouteName, Operation>>;
