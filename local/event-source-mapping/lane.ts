import type { KafkaMessage } from 'kafkajs';
import { mappedBytes } from './record.ts';

/** How retries of one partition go on; kept from one fetch to the next. */
export interface RetryState {
  /** Failed invocations in a row. */
  failures: number;
  /** After a failure the next batch has at most this many records, so that the bad one is found. */
  limit: number | undefined;
}

/** Why a lane was left: all records are done, an invocation failed, or the mapping stops. */
export type LaneEnd = 'done' | 'failed' | 'stopped';

/** What one fetch brought of one partition, and what to do with its offsets. */
export interface LaneSource {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
  /** The last offset the fetch covered; later than the last message's after a control record. */
  readonly lastOffset: string;
  /** Commits the next offset to read of several partitions in one request. */
  readonly commit: (next: readonly NextOffset[]) => Promise<void>;
  /** The next fetch starts after this offset. */
  readonly resolve: (offset: string) => void;
}

export interface NextOffset {
  readonly partition: number;
  readonly offset: string;
}

/** One partition's fetched records, sent in order, one batch at a time. */
export class Lane {
  readonly source: LaneSource;
  /** As the event and `batchItemFailures` name the partition. */
  readonly key: string;
  readonly retry: RetryState;
  /** Rejects when offsets cannot be committed. */
  readonly end: Promise<LaneEnd>;
  /** The records of the batch in flight, or none. */
  taken: readonly KafkaMessage[] = [];
  ended = false;
  #next = 0;
  #settle: { resolve: (end: LaneEnd) => void; reject: (error: unknown) => void } | undefined;

  constructor(source: LaneSource, retry: RetryState) {
    this.source = source;
    this.key = `${source.topic}-${source.partition}`;
    this.retry = retry;
    this.end = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  /**
   * Takes the next records: at most so many, and so many bytes of JSON (but `atLeastOne`).
   * @returns their bytes
   */
  take(maxRecords: number, maxBytes: number, atLeastOne: boolean): number {
    const { messages, topic } = this.source;
    const most = Math.min(maxRecords, this.retry.limit ?? maxRecords);
    const taken: KafkaMessage[] = [];
    let bytes = 0;
    for (const message of messages.slice(this.#next, this.#next + most)) {
      const size = mappedBytes(topic, message);
      if (bytes + size > maxBytes && !(atLeastOne && taken.length === 0)) break;
      bytes += size;
      taken.push(message);
    }
    this.taken = taken;
    return bytes;
  }

  /** How many of the taken records lie before this offset. */
  takenBefore(offset: number): number {
    return this.taken.filter((message) => Number(message.offset) < offset).length;
  }

  /** The last offset that is done once the first `count` taken records are. */
  offsetAfter(count: number): string {
    const { messages, lastOffset } = this.source;
    const done = this.#next + count;
    return done === messages.length ? lastOffset : (messages[done - 1]?.offset ?? lastOffset);
  }

  /** The first `count` taken records are committed; the others are still to be done. */
  advance(count: number): void {
    if (count > 0) this.source.resolve(this.offsetAfter(count));
    this.#next += count;
    this.taken = [];
    if (this.#next === this.source.messages.length) this.finish('done');
  }

  finish(end: LaneEnd): void {
    this.ended = true;
    this.#settle?.resolve(end);
  }

  fail(error: unknown): void {
    this.ended = true;
    this.#settle?.reject(error);
  }
}
