import type { TokenRouteName } from '../../routes.ts';
import { emptyBody } from '../fields.ts';
import { notificationPage, notificationQuery, notificationReply } from '../notifications.ts';
import { COUPON_ID, ISSUANCE_ID } from './examples.ts';
import type { Operation } from './operation.ts';

const parkedExample = {
  id: '4211',
  event: 'issued',
  channel: 'email',
  couponId: COUPON_ID,
  issuanceId: ISSUANCE_ID,
  redemptionId: null,
  figures: null,
  state: 'parked',
  tries: 12,
  reason: 'status 503',
  occurredAt: '2026-11-27T00:00:04.480Z',
  dueAt: '2026-11-27T14:21:09.000Z',
  settledAt: '2026-11-27T14:21:10.112Z',
  discardedBy: null,
};

const noBodyNeeded: Operation['body'] = {
  required: false,
  schema: emptyBody,
  examples: { empty: { summary: 'Nothing needs to be said', value: {} } },
};

export const notificationOperations = {
  listNotifications: {
    summary: 'What was told, waits, or could not be told',
    description:
      'The newest first. Without a state those that were given up, with the reason. A notification names no person: what it says is read from the ledger when it is sent.',
    tag: 'Operations',
    query: notificationQuery,
    replies: {
      200: {
        description: 'A page.',
        schema: notificationPage,
        examples: {
          page: {
            summary: 'One that was given up',
            value: { items: [parkedExample], nextCursor: null },
          },
        },
      },
    },
    problems: ['invalid_request', 'invalid_cursor'],
  },
  replayNotification: {
    summary: 'Send a notification after all',
    description:
      'As if it were new, with as many tries; its id stays, by which receivers tell a repetition. One that waits is tried at once. Again: the same answer.',
    tag: 'Operations',
    requestHeaders: ['idempotencyKey'],
    body: noBodyNeeded,
    replies: {
      200: {
        description: 'The notification, waiting.',
        schema: notificationReply,
        examples: {
          waiting: {
            summary: 'It is sent next',
            value: {
              ...parkedExample,
              state: 'waiting',
              tries: 0,
              dueAt: '2026-11-28T01:00:00.000Z',
              settledAt: null,
            },
          },
        },
      },
    },
    problems: ['invalid_request', 'notification_not_found', 'invalid_transition'],
  },
  discardNotification: {
    summary: 'Discard a notification',
    description: 'It is never sent. It stays listed. Again: the same answer.',
    tag: 'Operations',
    requestHeaders: ['idempotencyKey'],
    body: noBodyNeeded,
    replies: {
      200: {
        description: 'The notification, discarded.',
        schema: notificationReply,
        examples: {
          discarded: {
            summary: 'Discarded',
            value: {
              ...parkedExample,
              state: 'discarded',
              settledAt: '2026-11-28T01:00:00.000Z',
              discardedBy: 'operator',
            },
          },
        },
      },
    },
    problems: ['invalid_request', 'notification_not_found', 'invalid_transition'],
  },
} as const satisfies Partial<Record<TokenRouteName, Operation>>;
