import { knownBug, type Defence } from './defence.ts';

const SWEEP = 'lambdas/functions/sweep/sweep-pending.ts';
const RECORD = 'lambdas/adapters/postgres/record-ledger.ts';

/** The sweep as it would be if it published nothing. */
const publishNothing = {
  file: SWEEP,
  find: `  const results = await Promise.allSettled(
    page.map(({ digest, record }) => log.publish(issuanceId(couponId, digest), record, deadline)),
  );
`,
  replace: `  const results = await Promise.allSettled(page);
`,
};

export const functionsDefences: readonly Defence[] = [
  {
    row: '19',
    bug: {
      name: 'The sweep drops what nobody waits for any more',
      ...publishNothing,
    },
  },
  {
    row: '20',
    bug: {
      name: 'The sweep gives back the units of what nobody has confirmed',
      ...publishNothing,
      also: [
        {
          file: SWEEP,
          find: `await gate.confirm(couponId, digests, epoch);`,
          replace: `await gate.confirm(couponId, ['refund', ...digests], epoch);`,
        },
        {
          file: 'lambdas/adapters/valkey/gate-scripts.ts',
          find: `local GATE, PENDING = KEYS[1], KEYS[3]
local confirmed = 0
`,
          replace: `local GATE, PENDING = KEYS[1], KEYS[3]
local confirmed = 0
if ARGV[2] == 'refund' then
  for i = 3, #ARGV do
    if redis.call('HDEL', KEYS[2], ARGV[i]) == 1 then redis.call('HINCRBY', GATE, 'given', -1) end
  end
end
`,
        },
      ],
    },
  },
  {
    row: '21',
    bug: knownBug('The counter moves by the size of the batch'),
  },
  {
    row: '22',
    bug: {
      name: 'What stands before the last record stored counts as stored',
      file: RECORD,
      find: `  return {
    async storeBatch(entries) {
      const batch = decodeBatch(entries);
      let careful = false;
      for (let tries = 1; ; tries += 1) {
        try {
          return await store(batch, careful);
`,
      replace: `  const done = new Map<number, bigint>();
  return {
    async storeBatch(entries) {
      const batch = decodeBatch(
        entries.filter(({ partition, offset }) => BigInt(offset) > (done.get(partition) ?? -1n)),
      );
      let careful = false;
      for (let tries = 1; ; tries += 1) {
        try {
          const stored = await store(batch, careful);
          for (const { partition, offset } of entries) {
            const last = done.get(partition) ?? -1n;
            done.set(partition, BigInt(offset) > last ? BigInt(offset) : last);
          }
          return stored;
`,
    },
  },
  {
    row: '23a',
    bug: {
      name: 'Rows are written outside the transaction that counts them',
      file: RECORD,
      find: `: await insertAllAtOnce(client, `,
      replace: `: await insertAllAtOnce(database, `,
    },
  },
  {
    row: '23b',
    bug: {
      name: 'A record that is a row already counts as a conflict',
      file: 'lambdas/adapters/postgres/insert-issuances.ts',
      find: `  ON CONFLICT (id) DO NOTHING\n`,
      replace: '',
    },
  },
  {
    row: '24',
    bug: {
      name: 'A record that makes no sense fails its batch',
      file: 'lambdas/domain/record-plan.ts',
      find: `      const { detail } = decoded;
      quarantined.push({ entry, reason: 'malformed', detail, record: undefined });
`,
      replace: `      throw new Error(decoded.detail);
`,
    },
  },
  {
    row: '24b',
    bug: {
      name: 'A deadline ends the wait for a publish, and not the publish',
      file: 'lambdas/adapters/kafka/guarded-producer.ts',
      find: `return !isProduceRequest(bytes) || (deadline !== undefined && !isPast(clock, deadline));`,
      replace: `return true;`,
      also: [
        {
          file: 'lambdas/adapters/kafka/kafka-claim-log.ts',
          find: `    if (remainingMs(clock, next.deadline) < MIN_TIME_MS) {
      next.reject(new PublishOutcomeUnknown('no time left to send it'));
    } else batch.push(next);
`,
          replace: `    batch.push(next);
`,
        },
        {
          file: 'lambdas/domain/issue-coupon.ts',
          find: `  log.discardExpired();\n`,
          replace: '',
        },
      ],
    },
  },
  {
    row: '31',
    bug: knownBug('The window is checked by the clock of the process'),
  },
];
