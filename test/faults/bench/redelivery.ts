import type { MSKEvent } from 'aws-lambda';
import type { Endpoints } from '../../../local/endpoints.ts';
import { readLog } from '../../../local/invariants/read-log.ts';
import type { LogEntry, PlannedInsert } from '../../../lambdas/domain/record-plan.ts';

/** What the topic holds now, in the order of each partition; and what of it was not recorded yet. */
export async function readClaimsTopic({
  kafka,
  topic,
  group,
}: Endpoints): Promise<{ all: PlannedInsert[]; unrecorded: PlannedInsert[] }> {
  const { records, committed } = await readLog(kafka.split(','), topic, group);
  const all = [...records.readable];
  const unrecorded = all.filter(
    ({ entry }) => BigInt(entry.offset) >= (committed.get(entry.partition) ?? 0n),
  );
  return { all, unrecorded };
}

/**
 * Has the record function take a batch, beside the event source mapping, which knows nothing of it.
 * @throws Error when the function fails
 */
export async function deliver({ lambda }: Endpoints, batch: readonly LogEntry[]): Promise<void> {
  const response = await fetch(`${lambda}/2015-03-31/functions/record/invocations`, {
    method: 'POST',
    body: JSON.stringify(eventOf(batch)),
  });
  const outcome = await response.text();
  if (response.status !== 200 || response.headers.has('x-amz-function-error')) {
    throw new Error(`the record function answers ${response.status} ${outcome}`);
  }
}

function eventOf(batch: readonly LogEntry[]): MSKEvent {
  const byPartition = Map.groupBy(batch, ({ topic, partition }) => `${topic}-${partition}`);
  return {
    eventSource: 'aws:kafka',
    eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/redelivery',
    bootstrapServers: '',
    records: Object.fromEntries(
      [...byPartition].map(([place, entries]) => [
        place,
        entries.map(({ topic, partition, offset, key, value }) => ({
          topic,
          partition,
          offset: Number(offset),
          timestamp: Date.now(),
          timestampType: 'CREATE_TIME' as const,
          key: Buffer.from(key ?? '').toString('base64'),
          value: Buffer.from(value ?? '').toString('base64'),
          headers: [],
        })),
      ]),
    ),
  };
}
