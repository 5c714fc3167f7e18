import type { Mutation } from '../mutation.ts';

const QUEUE = 'lambdas/adapters/postgres/notification-queue.ts';
const PACE = 'lambdas/domain/sending-pace.ts';
const SENDING = 'lambdas/domain/send-together.ts';
const DELIVERED = 'test/contract/notifications-delivered.test.ts';
const PAUSES = 'test/contract/notification-pauses.test.ts';
const AT_RECORD = 'test/contract/notifications-at-record.test.ts';
const WRITTEN = 'test/contract/notifications-written.test.ts';

export const notifyMutations: readonly Mutation[] = [
  {
    name: 'Two senders take the same notification',
    loss: 'Whenever two runs overlap, users get every message twice.',
    file: QUEUE,
    find: `due_at = due.until, taken_until = due.until`,
    replace: `taken_until = due.until`,
    caughtBy: { file: DELIVERED, title: 'is never sent by two at once, however many send' },
  },
  {
    name: 'What was taken does not come again',
    loss: 'A sender that dies takes its messages along: nobody is told, and nothing shows it.',
    file: QUEUE,
    find: `due_at = due.until, taken_until = due.until`,
    replace: `due_at = due.until + interval '1 hour', taken_until = due.until`,
    caughtBy: {
      file: DELIVERED,
      title:
        'that another has taken meanwhile is not given back by who was frozen, but it was sent',
    },
  },
  {
    name: 'Who was frozen decides for who has it now',
    loss: 'A message that is on its way is given to a third sender, and sent twice at once.',
    file: QUEUE,
    find: `AND (told.taken_until = settled.taken_until OR settled.state = 'sent')`,
    replace: ``,
    caughtBy: {
      file: DELIVERED,
      title:
        'that another has taken meanwhile is not given back by who was frozen, but it was sent',
    },
  },
  {
    name: 'An erased user is told all the same',
    loss: 'Who asked to be forgotten gets a message.',
    file: QUEUE,
    find: `if (row.user_id === null) return { nobody: 'the user was erased' };`,
    replace: `row.user_id ??= 'somebody';`,
    caughtBy: {
      file: DELIVERED,
      title: 'to a user who was erased is not sent, and says nothing of them',
    },
  },
  {
    name: 'A channel that fails is asked for each notification',
    loss: 'An outage of an hour uses up the tries of everything that waits.',
    file: PACE,
    find: `return this.#hasFailed && this.#failures >=`,
    replace: `return this.#hasFailed && this.#failures >= 1_000 *`,
    caughtBy: {
      file: DELIVERED,
      title: 'that fails time and again pauses: no other notification loses a try to it',
    },
  },
  {
    name: 'A channel pauses again though nothing was tried',
    loss: 'After an outage a queue of users without an address keeps all others waiting, five minutes each.',
    file: PACE,
    find: `pauseMs: this.isStopped ?`,
    replace: `pauseMs: beyond >= 0 ?`,
    caughtBy: { file: PAUSES, title: 'does not pause again while nothing has failed' },
  },
  {
    name: 'A trial always takes the oldest',
    loss: 'One message that always fails at the head of the queue keeps a channel that is well pausing.',
    file: PACE,
    find: `trial % 2 === 0 ? 'newest' : 'oldest'`,
    replace: `trial < 0 ? 'newest' : 'oldest'`,
    caughtBy: {
      file: PAUSES,
      title: 'is tried by the newest and by the oldest in turn: neither keeps all others waiting',
    },
  },
  {
    name: 'Attempts that were under way count as trials',
    loss: 'A channel that was away for a second pauses for five minutes.',
    file: PACE,
    find: `Math.min(this.#failures + 1, this.#pace.pausesAfter)`,
    replace: `this.#failures + 1`,
    caughtBy: {
      file: PAUSES,
      title: 'pauses for the shortest time, however many attempts were under way',
    },
  },
  {
    name: 'Who is slower than the record can wait has failed',
    loss: 'A shop that answers after a second gets everything twice, and pauses for ever.',
    file: SENDING,
    find: `ms < timeoutMs ?`,
    replace: `ms < 0 ?`,
    caughtBy: {
      file: AT_RECORD,
      title:
        'a receiver that takes longer than the record has is not said to fail, nor asked twice by it',
    },
  },
  {
    name: 'A sender is waited for as long as it takes',
    loss: 'One receiver that never answers keeps the record, and with it the issuances, waiting.',
    file: SENDING,
    find: `Math.max(1, ms),`,
    replace: `ms + 3_000,`,
    caughtBy: {
      file: DELIVERED,
      title: 'that hangs is given up in time, and keeps no other waiting',
    },
  },
  {
    name: 'What fails is tried for ever',
    loss: 'A message that can not be sent is never seen by an operator.',
    file: SENDING,
    find: `if (tries >= settings.backOff.tries) {`,
    replace: `if (tries > settings.backOff.tries) {`,
    caughtBy: {
      file: DELIVERED,
      title: 'that fails is tried later and later, and parked after the last try',
    },
  },
  {
    name: 'The first gate of a coupon is news',
    loss: 'Operators learn to overlook the message that their gate is lost.',
    file: 'lambdas/adapters/postgres/restore-ledger.ts',
    find: `const WAS_OPEN = 'opened_epoch > 0 OR issued > 0';`,
    replace: `const WAS_OPEN = 'epoch > 0';`,
    caughtBy: {
      file: WRITTEN,
      title: 'that is lost and open again, and not of the first one',
    },
  },
  {
    name: 'Each rebuild of a gate is told as a loss of its own',
    loss: 'While the gate cannot be built, operators get a message every few seconds.',
    file: 'lambdas/adapters/postgres/restore-ledger.ts',
    find: `id || '@after-' || opened_epoch`,
    replace: `id || '@after-' || epoch`,
    caughtBy: {
      file: WRITTEN,
      title: 'once by all rebuilds that fail, and once by the one that opens it',
    },
  },
  {
    name: 'A rollback plans no reminder',
    loss: 'Who got their coupon back is not told that it ends.',
    file: 'lambdas/adapters/postgres/tell-of-rollback.ts',
    find: `[...told, ...reminders]`,
    replace: `[...told, ...reminders.slice(reminders.length)]`,
    caughtBy: {
      file: WRITTEN,
      title: 'is planned by the rollback of a redemption that the plan had passed by',
    },
  },
];
