import type { Mutation } from '../mutation.ts';

const ISSUE = 'lambdas/domain/issue-coupon.ts';
const IDENTIFIERS = 'lambdas/adapters/crypto/identifiers.ts';
const PRODUCER = 'lambdas/adapters/kafka/guarded-producer.ts';
const LOG = 'lambdas/adapters/kafka/kafka-claim-log.ts';
const CLAIMS = 'test/domain/issue-coupon.test.ts';
const CLAIM_LOG = 'test/contract/claim-log.test.ts';

const AWAIT_PUBLISH = `      await log.publish(issuance.id, record, deadline, claim.origin);\n`;

export const publishMutations: readonly Mutation[] = [
  {
    name: 'An issuance id is made of its parts without a border between them',
    loss: 'Two users, or two keys of one user, have the same issuance.',
    file: IDENTIFIERS,
    find: `.update(JSON.stringify(parts))`,
    replace: `.update(parts.join(''))`,
    caughtBy: {
      file: 'test/domain/rules.test.ts',
      title: 'is the same for every retry, and another for any other part',
    },
  },
  {
    name: 'An issuance id is made without the secret',
    loss: 'Whoever knows a user’s name knows the id of their coupon.',
    file: IDENTIFIERS,
    find: `createHmac('sha256', secret)`,
    replace: `createHmac('sha256', 'coupon')`,
    caughtBy: {
      file: 'test/domain/rules.test.ts',
      title: 'names its coupon, and depends on the secret',
    },
  },
  {
    name: 'A repeated claim is answered from its duplicate key, without waiting for the publish',
    loss: 'The user is told of a coupon that never got into Kafka, and never becomes a row.',
    file: ISSUE,
    find: `    case 'accepted':
    case 'pending': {
      const { issuance, record } = outcome;`,
    replace: `    case 'pending':
      return { kind: 'repeated', issuance: outcome.issuance };
    case 'accepted': {
      const { issuance, record } = outcome;`,
    caughtBy: {
      file: CLAIMS,
      title: 'is not answered from the gate alone before it stands in the log',
    },
  },
  {
    name: 'A publish that timed out gives its unit back',
    loss: 'The record may stand in Kafka all the same: its unit is given to somebody else as well.',
    file: ISSUE,
    find: AWAIT_PUBLISH,
    replace: `      try {
        await log.publish(issuance.id, record, deadline, claim.origin);
      } catch (error) {
        await gate.confirm(issuance.couponId, ['refund', digestOf(issuance.id)], issuance.epoch);
        throw error;
      }
`,
    also: [
      {
        file: 'lambdas/adapters/valkey/gate-scripts.ts',
        find: `local GATE, PENDING = KEYS[1], KEYS[3]
local confirmed = 0
`,
        replace: `local GATE, PENDING = KEYS[1], KEYS[3]
local confirmed = 0
if ARGV[2] == 'refund' and redis.call('HDEL', KEYS[2], ARGV[3]) == 1 then
  redis.call('HINCRBY', KEYS[1], 'given', -1)
end
`,
      },
    ],
    caughtBy: {
      file: 'test/contract/unknown-outcome.test.ts',
      title: 'a claim keeps its unit while nobody knows whether it stands in the log (%s)',
    },
  },
  {
    name: 'A publish that timed out is forgotten by the gate',
    loss: 'Nobody publishes it again: the unit is counted as given, and no one has it.',
    file: ISSUE,
    find: AWAIT_PUBLISH,
    replace: `      await log.publish(issuance.id, record, deadline, claim.origin).finally(() => confirm(issuance, dependencies));
`,
    caughtBy: {
      file: CLAIMS,
      title:
        'of which the outcome is unknown (%s) keeps its unit, and is published again when repeated',
    },
  },
  {
    name: 'A 202 goes out before the acknowledgement',
    loss: 'What was promised is lost with the broker, or with the connection to it.',
    file: ISSUE,
    find: AWAIT_PUBLISH,
    replace: `      log.publish(issuance.id, record, deadline, claim.origin).catch(() => undefined);\n`,
    caughtBy: {
      file: CLAIMS,
      title:
        'of which the outcome is unknown (%s) keeps its unit, and is published again when repeated',
    },
  },
  {
    name: 'Records are keyed by their coupon',
    loss: 'One partition, and one consumer behind it, takes the whole spike of a coupon.',
    file: ISSUE,
    find: AWAIT_PUBLISH,
    replace: `      await log.publish(issuance.couponId, record, deadline, claim.origin);\n`,
    caughtBy: { file: CLAIMS, title: 'is accepted once it stands in the log' },
  },
  {
    name: 'A record is sent without the request that it came with',
    loss: 'Nobody who has a request’s id finds what became of it behind Kafka.',
    file: PRODUCER,
    find: `{ key, value, headers: originHeaders(origin) }`,
    replace: `{ key, value }`,
    caughtBy: {
      file: CLAIM_LOG,
      title:
        'sends with a record the request that it came with, that of the first who publishes it',
    },
  },
  {
    name: 'The gate is asked though Kafka is known to be away',
    loss: 'In an outage of Kafka the whole stock becomes pending, and every user gets a 503.',
    file: ISSUE,
    find: `  await log.ready(connectWaitMs);\n`,
    replace: '',
    caughtBy: {
      file: CLAIMS,
      title: 'takes nothing from the stock while there is no connection to Kafka',
    },
  },
  {
    name: 'The budget of a publish begins after the gate',
    loss: 'A gate that answered late leaves a publish that ends behind the fence of a rebuild: a 202 that never becomes a row.',
    file: ISSUE,
    find: `  const deadline = deadlineAfter(clock, publishBudgetMs);
  const request = toRequest(claim, identifiers);
  const took = stopwatch(clock);
  const outcome = await gate.claim(request);
`,
    replace: `  const request = toRequest(claim, identifiers);
  const took = stopwatch(clock);
  const outcome = await gate.claim(request);
  const deadline = deadlineAfter(clock, publishBudgetMs);
`,
    caughtBy: {
      file: CLAIMS,
      title: 'is no success when the gate has taken the time of its publish',
    },
  },
  {
    name: 'A late acknowledgement is a 202',
    loss: 'A process that was frozen believes it was quick; its record may lie behind the fence of a rebuild, where it is late.',
    file: LOG,
    find: `      if (isPast(clock, deadline)) throw new PublishOutcomeUnknown('acknowledged too late');\n`,
    replace: '',
    caughtBy: {
      file: CLAIM_LOG,
      title: 'does not believe an acknowledgement that came after the wall clock ran on',
    },
  },
  {
    name: 'A deadline is judged by the monotonic clock alone',
    loss: 'That clock stands still while a virtual machine is frozen: a minute counts as nothing.',
    file: 'lambdas/domain/deadline.ts',
    find: `return Math.min(deadline.monotonic - clock.monotonic(), deadline.wall - clock.now());`,
    replace: `return deadline.monotonic - clock.monotonic();`,
    caughtBy: { file: 'test/domain/rules.test.ts', title: 'is past when either clock says so' },
  },
  {
    name: 'Bytes are written to Kafka whatever the time',
    loss: 'A thawed process publishes a minute late what its user was told had failed.',
    file: PRODUCER,
    find: `    if (mayWrite(bytes)) return write(bytes, ...rest);
    socket.destroy(new Error('past the deadline of the send'));
    return false;`,
    replace: `    return write(bytes, ...rest);`,
    caughtBy: {
      file: CLAIM_LOG,
      title: 'has a producer that writes nothing past the deadline, whoever waits for it',
    },
  },
  {
    name: 'The leader’s acknowledgement alone is enough',
    loss: 'A leader that dies before it has replicated takes promised claims with it.',
    file: PRODUCER,
    find: `acks: -1,`,
    replace: `acks: 1,`,
    caughtBy: {
      file: 'test/contract/acknowledgements.test.ts',
      title: 'is asked of all replicas in sync',
    },
  },
  {
    name: 'The producer is idempotent, and used again after a failed send',
    loss: 'kafkajs takes the sequence number again, the broker drops the next record as a duplicate, and its user gets a 202.',
    file: PRODUCER,
    find: `    idempotent: false,
    retry: { retries: 0 },`,
    replace: `    idempotent: true,
    retry: { retries: 1, initialRetryTime: 10 },`,
    also: [
      {
        file: LOG,
        find: `if (!(error instanceof SendRefused)) abandon(connection);`,
        replace: `if (error === undefined) abandon(connection);`,
      },
      {
        file: LOG,
        find: `    if (current?.producer.isStale() && flight === undefined) abandon(current);\n`,
        replace: '',
      },
    ],
    caughtBy: {
      file: 'test/contract/acknowledgements.test.ts',
      title: 'is of its own record, also behind one that was given up',
    },
  },
  {
    name: 'A producer is used again after a send that timed out',
    loss: 'What it still holds goes out under the deadline of the next send, long after its user was told 503.',
    file: LOG,
    find: `if (!(error instanceof SendRefused)) abandon(connection);`,
    replace: `if (error === undefined) abandon(connection);`,
    caughtBy: {
      file: 'test/contract/acknowledgements.test.ts',
      title: 'is never had for a record that was given up before it was sent',
    },
  },
  {
    name: 'A thawed process goes on with what it had before',
    loss: 'Old claims stand before the new ones, and go out when nobody counts on them any more.',
    file: ISSUE,
    find: `  log.discardExpired();\n`,
    replace: '',
    caughtBy: {
      file: CLAIMS,
      title: 'has dropped what is past its deadline before it does anything else',
    },
  },
  {
    name: 'kafkajs retries by itself',
    loss: 'Its second try skips the brokers that answered the first: records of moved partitions are lost, and their users have a 202.',
    file: PRODUCER,
    find: `    retry: { retries: 0 },`,
    replace: `    retry: { retries: 5, initialRetryTime: 10 },`,
    caughtBy: { file: CLAIM_LOG, title: 'this adapter has lost none' },
  },
  {
    name: 'The sweep confirms what it could not publish',
    loss: 'The last copy of a claim is dropped with nothing of it in Kafka: a unit is lost.',
    file: 'lambdas/functions/sweep/sweep-pending.ts',
    find: `const published = page.filter((_, i) => results[i]?.status === 'fulfilled');`,
    replace: `const published = page.filter((_, i) => results[i] !== undefined);`,
    caughtBy: {
      file: 'test/domain/sweep.test.ts',
      title: 'keeps what could not be published, for the next time (%s)',
    },
  },
];
