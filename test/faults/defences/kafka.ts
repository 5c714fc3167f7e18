import { knownBug, type Defence } from './defence.ts';

const ISSUE = 'lambdas/domain/issue-coupon.ts';
const LOG = 'lambdas/adapters/kafka/kafka-claim-log.ts';

export const kafkaDefences: readonly Defence[] = [
  {
    row: '12',
    bug: knownBug('A publish that timed out gives its unit back'),
  },
  {
    row: '13',
    bug: knownBug('A 202 goes out before the acknowledgement'),
  },
  {
    row: '14',
    bug: knownBug('The producer is idempotent, and used again after a failed send'),
  },
  {
    row: '15',
    bug: knownBug('The counter moves by the size of the batch'),
  },
  {
    row: '16',
    bug: {
      name: 'A claim waits for a connection to Kafka for as long as one may take',
      file: 'lambdas/config/limits.ts',
      find: `export const CONNECT_WAIT_MS = 1_000;`,
      replace: `export const CONNECT_WAIT_MS = 8_000;`,
    },
  },
  {
    row: '16b',
    bug: {
      name: 'A connection is given up when a record on its way is past its deadline',
      file: LOG,
      find: `if (isExpired && flight?.connection.producer.holdsUnsent()) abandon(flight.connection);`,
      replace: `if (isExpired) abandon(flight?.connection);`,
    },
  },
  {
    row: '17',
    bug: knownBug('The leader’s acknowledgement alone is enough'),
  },
  {
    row: '17b',
    bug: {
      name: 'A publish that the brokers refused gives its unit back',
      file: LOG,
      find: `        onFault('kafka', error);
        // All`,
      replace: `        onFault('kafka', error);
        if (error instanceof SendRefused) {
          for (const publication of batch) publication.reject(error);
          continue;
        }
        // All`,
      also: [
        {
          file: LOG,
          find: `  if (error instanceof PublishOutcomeUnknown) return error;\n`,
          replace: `  if (error instanceof PublishOutcomeUnknown) return error;
  if (error instanceof SendRefused) return new PublishOutcomeUnknown('refused');\n`,
        },
        {
          file: ISSUE,
          find: `      await log.publish(issuance.id, record, deadline, claim.origin);\n`,
          replace: `      try {
        await log.publish(issuance.id, record, deadline, claim.origin);
      } catch (error) {
        if (error instanceof Error && error.message === 'refused') {
          await gate.confirm(issuance.couponId, ['refund', digestOf(issuance.id)], issuance.epoch);
        }
        throw error;
      }
`,
        },
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
    },
  },
  {
    row: '18',
    bug: knownBug('A publish that timed out is forgotten by the gate'),
  },
];
