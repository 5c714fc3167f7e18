import type { TokenRouteName } from '../../routes.ts';
import { grantOrder, grantReply } from '../grant.ts';
import { COUPON_ID } from './examples.ts';
import type { Operation } from './operation.ts';

const grantExample = {
  id: 'eQmZ5rK8yUdAb1N0xw2vT9',
  couponId: COUPON_ID,
  state: 'pending',
  total: 3,
  duplicates: 0,
  accepted: 1,
  alreadyHad: 0,
  refused: {},
  erased: 0,
  pending: 2,
  createdAt: '2026-11-27T02:00:00.000Z',
};

export const grantOperations = {
  createGrant: {
    summary: 'Give a coupon to a list of users',
    description:
      'Through the same gate as everybody, in the background: the reply names the job to follow. Who has the coupon already is not given another by the same list. At most 10,000 users and 512 KB; longer lists in parts. While the coupon is paused or not yet open the job waits.',
    tag: 'Operations',
    requestHeaders: ['idempotencyKey'],
    body: {
      required: true,
      schema: grantOrder,
      examples: {
        users: { summary: 'Three users', value: { userIds: ['anna', 'ben', 'carl'] } },
      },
    },
    replies: {
      202: {
        description: 'The job.',
        schema: grantReply,
        headers: ['location'],
        examples: { begun: { summary: 'Begun', value: grantExample } },
      },
    },
    problems: ['invalid_request', 'coupon_not_found', 'coupon_closed', 'issue_ended'],
  },
  getGrant: {
    summary: 'Follow a grant',
    description:
      '`accepted`, `alreadyHad`, `refused`, `erased` and `pending` make the `total`; `done` once nothing is pending.',
    tag: 'Operations',
    replies: {
      200: {
        description: 'The job as it stands.',
        schema: grantReply,
        examples: {
          done: {
            summary: 'Done',
            value: {
              ...grantExample,
              state: 'done',
              accepted: 2,
              refused: { sold_out: 1 },
              pending: 0,
              finishedAt: '2026-11-27T02:00:01.310Z',
            },
          },
        },
      },
    },
    problems: ['grant_not_found'],
  },
} as const satisfies Partial<Record<TokenRouteName, Operation>>;
