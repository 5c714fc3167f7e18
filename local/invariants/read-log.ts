import { randomUUID } from 'node:crypto';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { LogEntry } from '../../lambdas/domain/record-plan.ts';
import { decodeBatch } from '../../lambdas/domain/record-plan.ts';
import type { LogFacts } from './facts.ts';
import { observer, readLogPositions } from './read-log-positions.ts';

/** Longer without a single record, and the topic cannot be read to its end. Milliseconds. */
const STALL_MS = 20_000;

interface Records {
  readonly entries: readonly LogEntry[];
  readonly sentAt: ReadonlyMap<string, number>;
}

/** Reads the topic from its beginning up to where it ends now. */
export async function readLog(
  brokers: readonly string[],
  topic: string,
  group: string,
): Promise<LogFacts> {
  const positions = await readLogPositions(brokers, topic, group);
  const { starts, ends } = positions;
  const left = new Map([...ends].filter(([partition, end]) => end > (starts.get(partition) ?? 0n)));
  const { entries, sentAt } = await readUpTo(brokers, topic, left);
  return { ...positions, records: decodeBatch(entries), sentAt };
}

/** By a group of its own, which commits nothing and is forgotten afterwards. */
async function readUpTo(
  brokers: readonly string[],
  topic: string,
  ends: Map<number, bigint>,
): Promise<Records> {
  const entries: LogEntry[] = [];
  const sentAt = new Map<string, number>();
  if (ends.size === 0) return { entries, sentAt };
  const groupId = `invariants-${randomUUID()}`;
  const kafka = observer(brokers);
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consume(consumer, ends, ({ batch }) => {
      const { partition } = batch;
      for (const { offset, key, value, timestamp } of batch.messages) {
        const place = { topic, partition, offset };
        entries.push({ ...place, key: key ?? undefined, value: value ?? undefined, headers: [] });
        sentAt.set(placeKey(place), Number(timestamp));
      }
    });
  } finally {
    await consumer.disconnect();
  }
  const admin = kafka.admin();
  await admin.connect();
  await admin.deleteGroups([groupId]).catch(() => undefined);
  await admin.disconnect();
  return { entries, sentAt };
}

/** Resolves when every partition has been taken up to its end. */
async function consume(
  consumer: Consumer,
  ends: Map<number, bigint>,
  take: (payload: EachBatchPayload) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const stalled = (): NodeJS.Timeout =>
    setTimeout(() => {
      reject(new Error(`the topic could not be read: partitions ${[...ends.keys()].join(', ')}`));
    }, STALL_MS);
  let stall = stalled();
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) reject(payload.error);
  });
  await consumer.run({
    autoCommit: false,
    eachBatch: (payload) => {
      clearTimeout(stall);
      stall = stalled();
      const { partition } = payload.batch;
      if (ends.has(partition)) take(payload);
      if (BigInt(payload.batch.lastOffset()) + 1n >= (ends.get(partition) ?? 0n)) {
        ends.delete(partition);
      }
      if (ends.size === 0) resolve(undefined);
      return Promise.resolve();
    },
  });
  try {
    await promise;
  } finally {
    clearTimeout(stall);
  }
}

export function placeKey({ partition, offset }: { partition: number; offset: string }): string {
  return `${partition}:${offset}`;
}
