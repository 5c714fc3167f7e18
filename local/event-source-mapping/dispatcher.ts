import type { InvocationOutcome } from '../lambda/invocation.ts';
import { firstFailures, type SentRange } from './batch-response.ts';
import type { Lane } from './lane.ts';
import { mappedRecord, type MappedRecord } from './record.ts';

/** The event of an MSK mapping; `records` by `<topic>-<partition>`. */
export interface KafkaEvent {
  readonly eventSource: 'aws:kafka';
  readonly eventSourceArn: string;
  readonly bootstrapServers: string;
  readonly records: Readonly<Record<string, readonly MappedRecord[]>>;
}

export interface DispatcherOptions {
  readonly eventSourceArn: string;
  readonly bootstrapServers: string;
  /** The most records of one event. */
  readonly batchSize: number;
  /** The most invocations at once; more than there are partitions has no effect. */
  readonly concurrency: number;
  readonly invoke: (event: KafkaEvent) => Promise<InvocationOutcome>;
  /** How each invocation ended, in words. */
  readonly onResult: (result: string) => void;
}

/** A synchronous payload may have 6 MB; some of it is left for what surrounds the records. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024 - 64 * 1024;

/**
 * Forms batches from the lanes and invokes the function: a partition is in one batch at a time, a
 * batch may hold several partitions. Offsets are committed when a batch succeeded, and only then.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #lanes = new Set<Lane>();
  #running = 0;
  #scheduled = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** No invocation is under way and none is about to be. */
  get idle(): boolean {
    return this.#lanes.size === 0;
  }

  add(lane: Lane): void {
    this.#lanes.add(lane);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // The lanes of one fetch come one after the other; together they make fuller batches.
    setImmediate(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  /** Sends no more of these lanes (all by default); what is in flight is finished and committed. */
  stop(lanes: Iterable<Lane> = this.#lanes): void {
    for (const lane of [...lanes]) {
      this.#lanes.delete(lane);
      if (lane.taken.length === 0) lane.finish('stopped');
    }
  }

  #pump(): void {
    while (this.#running < this.#options.concurrency) {
      const batch = this.#form();
      if (batch.length === 0) return;
      this.#running++;
      void this.#send(batch).then(() => {
        this.#running--;
        this.#pump();
      });
    }
  }

  #form(): Lane[] {
    const batch: Lane[] = [];
    let room = this.#options.batchSize;
    let bytes = MAX_EVENT_BYTES;
    for (const lane of this.#lanes) {
      // After a failure a partition goes alone, or it would spoil the others' batches.
      const alone = lane.retry.limit !== undefined;
      if (lane.taken.length > 0 || (alone && batch.length > 0)) continue;
      bytes -= lane.take(room, bytes, batch.length === 0);
      if (lane.taken.length === 0) continue;
      batch.push(lane);
      room -= lane.taken.length;
      if (alone || room <= 0) break;
    }
    return batch;
  }

  async #send(batch: readonly Lane[]): Promise<void> {
    const outcome = await this.#options
      .invoke(this.#event(batch))
      .catch((error: unknown): InvocationOutcome => ({
        kind: 'failed',
        error: { errorType: 'Service', errorMessage: String(error) },
      }));
    const failures =
      outcome.kind === 'returned' ? firstFailures(outcome.value, sentRanges(batch)) : undefined;
    this.#options.onResult(describe(outcome, failures));
    if (failures === undefined) {
      for (const lane of batch) this.#retry(lane, outcome.kind !== 'throttled');
      return;
    }
    const done = new Map(batch.map((lane) => [lane, countDone(lane, failures.get(lane.key))]));
    try {
      const next = [...done].filter(([, count]) => count > 0).map(nextOffset);
      if (next.length > 0) await batch[0]?.source.commit(next);
    } catch (error) {
      // Not committed, so Kafka hands the records out again: at least once.
      for (const lane of batch) this.#leave(lane).fail(error);
      return;
    }
    for (const [lane, count] of done) this.#committed(lane, count);
  }

  /** A failed batch is halved, so that a record that cannot be processed ends up alone. */
  #retry(lane: Lane, halve: boolean): void {
    lane.retry.failures++;
    if (halve) lane.retry.limit = Math.max(1, Math.floor(lane.taken.length / 2));
    lane.taken = [];
    this.#leave(lane).finish('failed');
  }

  #committed(lane: Lane, count: number): void {
    const partial = count < lane.taken.length;
    const { retry } = lane;
    if (count > 0) retry.failures = 0;
    if (partial) retry.failures++;
    else if (retry.limit !== undefined) {
      retry.limit = retry.limit * 2 >= this.#options.batchSize ? undefined : retry.limit * 2;
    }
    lane.advance(count);
    if (partial) lane.finish('failed');
    // Stopped while its batch was in flight.
    else if (!this.#lanes.has(lane) && !lane.ended) lane.finish('stopped');
    if (lane.ended) this.#leave(lane);
  }

  #leave(lane: Lane): Lane {
    this.#lanes.delete(lane);
    return lane;
  }

  #event(batch: readonly Lane[]): KafkaEvent {
    const { eventSourceArn, bootstrapServers } = this.#options;
    const records = Object.fromEntries(
      batch.map(({ key, taken, source: { topic, partition } }) => [
        key,
        taken.map((message) => mappedRecord(topic, partition, message)),
      ]),
    );
    return { eventSource: 'aws:kafka', eventSourceArn, bootstrapServers, records };
  }
}

function sentRanges(batch: readonly Lane[]): Map<string, SentRange> {
  return new Map(
    batch.map(({ key, taken }) => [
      key,
      { first: Number(taken.at(0)?.offset), last: Number(taken.at(-1)?.offset) },
    ]),
  );
}

function countDone(lane: Lane, firstFailure: number | undefined): number {
  return firstFailure === undefined ? lane.taken.length : lane.takenBefore(firstFailure);
}

function nextOffset([lane, count]: readonly [Lane, number]): { partition: number; offset: string } {
  return {
    partition: lane.source.partition,
    offset: String(BigInt(lane.offsetAfter(count)) + 1n),
  };
}

function describe(
  outcome: InvocationOutcome,
  failures: ReadonlyMap<string, number> | undefined,
): string {
  if (outcome.kind === 'failed')
    return `PROBLEM: Function call failed (${outcome.error.errorType})`;
  if (outcome.kind === 'throttled') return 'PROBLEM: Function call throttled';
  if (failures === undefined) return 'PROBLEM: The answer names records that were not sent';
  return failures.size > 0 ? 'PROBLEM: Some records failed' : 'OK';
}
