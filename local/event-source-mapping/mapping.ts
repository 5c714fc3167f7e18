import type { EachBatchPayload } from 'kafkajs';
import { functionArn, LOCAL_ACCOUNT, LOCAL_REGION } from '../lambda/functions.ts';
import type { InvocationOutcome } from '../lambda/invocation.ts';
import type { MappingControl } from '../lambda/mapping-api.ts';
import { PersistentConsumer } from './consumer.ts';
import { Dispatcher, type KafkaEvent } from './dispatcher.ts';
import { Lane, type NextOffset, type RetryState } from './lane.ts';

/** The one mapping of the local stack, for the SDK's UpdateEventSourceMapping. */
export const RECORD_MAPPING_UUID = '00000000-0000-4000-8000-000000000001';

export interface MappingOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
  readonly functionName: string;
  readonly invoke: (event: KafkaEvent) => Promise<InvocationOutcome>;
  /** The most records of one event; 500 by default. */
  readonly batchSize?: number;
  /** How long a batch may wait to become full, milliseconds; 100 by default. */
  readonly windowMs?: number;
  /** The most invocations at once; 4 by default. */
  readonly concurrency?: number;
  readonly log: (line: string) => void;
}

/** Partitions of the topic at most; more are consumed, but not all at once. */
const MAX_PARTITIONS = 32;

/** The pause after a failed batch: doubled from 100 ms up to one second. */
const RETRY_MS = { first: 100, most: 1000 };

const HEARTBEAT_MS = 1000;

/**
 * Does what MSK's event source mapping does: at least once, in order within a partition, retried
 * without end. Its states are Lambda's: paused is `Disabled`.
 */
export class EventSourceMapping implements MappingControl {
  readonly uuid = RECORD_MAPPING_UUID;
  readonly functionArn: string;
  readonly eventSourceArn = `arn:aws:kafka:${LOCAL_REGION}:${LOCAL_ACCOUNT}:cluster/local/00000000-0000-0000-0000-000000000000-1`;
  readonly topic: string;
  readonly batchSize: number;
  readonly #dispatcher: Dispatcher;
  readonly #consumer: PersistentConsumer;
  readonly #retries = new Map<number, RetryState>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #active = 0;
  #enabled = true;
  #stopping = false;
  #lastResult = 'No records processed';

  constructor(options: MappingOptions) {
    this.functionArn = functionArn(options.functionName);
    this.topic = options.topic;
    this.batchSize = options.batchSize ?? 500;
    this.#dispatcher = new Dispatcher({
      eventSourceArn: this.eventSourceArn,
      bootstrapServers: options.brokers.join(','),
      batchSize: this.batchSize,
      concurrency: options.concurrency ?? 4,
      invoke: options.invoke,
      onResult: (result) => {
        this.#lastResult = result;
      },
    });
    this.#consumer = new PersistentConsumer({
      brokers: options.brokers,
      topic: options.topic,
      group: options.group,
      windowMs: options.windowMs ?? 100,
      partitions: MAX_PARTITIONS,
      eachBatch: (payload) => this.#eachBatch(payload),
      log: options.log,
    });
  }

  /** Resolves when the group was joined; from then on records arrive. */
  start(): Promise<void> {
    return this.#consumer.start();
  }

  state(): 'Enabled' | 'Disabling' | 'Disabled' {
    if (this.#enabled) return 'Enabled';
    return this.#active > 0 ? 'Disabling' : 'Disabled';
  }

  lastResult(): string {
    return this.#lastResult;
  }

  /** No new invocation starts; what is in flight is finished and committed. */
  pause(): void {
    this.#enabled = false;
    this.#dispatcher.stop();
  }

  resume(): void {
    if (this.#enabled) return;
    this.#enabled = true;
    this.#consumer.resume();
  }

  /** As `pause`, then leaves the consumer group. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#dispatcher.stop();
    await this.#consumer.stop();
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    if (this.#stopping) return;
    if (!this.#enabled) {
      // Nothing is resolved, so the same records are fetched again after resume.
      payload.pause();
      return;
    }
    const lane = this.#lane(payload);
    const heartbeat = setInterval(() => {
      payload.heartbeat().catch(() => {
        // The group moved on without us; kafkajs finds out itself as soon as this batch is left.
        this.#dispatcher.stop([lane]);
      });
    }, HEARTBEAT_MS);
    this.#active++;
    try {
      this.#dispatcher.add(lane);
      const end = await lane.end;
      if (end === 'failed') this.#retryLater(payload.pause(), lane.retry.failures);
      else if (!this.#isEnabled()) payload.pause();
    } finally {
      this.#active--;
      clearInterval(heartbeat);
    }
  }

  #lane(payload: EachBatchPayload): Lane {
    const { batch } = payload;
    const { topic, partition, messages } = batch;
    const retry = this.#retries.get(partition) ?? { failures: 0, limit: undefined };
    this.#retries.set(partition, retry);
    return new Lane(
      {
        topic,
        partition,
        messages,
        lastOffset: batch.lastOffset(),
        commit: (next: readonly NextOffset[]) =>
          payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [...next] }] }),
        resolve: (offset) => {
          payload.resolveOffset(offset);
        },
      },
      retry,
    );
  }

  /** Only this partition waits; the others are fetched meanwhile. */
  #retryLater(resume: () => void, failures: number): void {
    const delay = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** Math.min(failures - 1, 10));
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      // While disabled, partitions stay paused until all are resumed together.
      if (this.#enabled) resume();
    }, delay);
    this.#timers.add(timer);
  }

  /** A method, because the compiler believes the field unchanged across an await. */
  #isEnabled(): boolean {
    return this.#enabled;
  }
}
