import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Consumer, type EachBatchPayload } from 'kafkajs';

export interface ConsumerOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
  /** How long a fetch waits for a full batch, milliseconds. */
  readonly windowMs: number;
  /** The most partitions handed out at once. */
  readonly partitions: number;
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>;
  readonly log: (line: string) => void;
}

/** A fetch returns before its window ends when it has this much: about a full batch. */
const FULL_BATCH_BYTES = 64 * 1024;

/** The lowest a broker accepts by default; a killed stack's member blocks the group for so long. */
const SESSION_TIMEOUT_MS = 6000;

// kafkajs waits up to 30 s by default; here a restarted broker is to be found within 2–3 s. It never
// gives up either: a consumer that starts anew is a new member, and the group waits for the old
// one's session to end before it lets it in.
const RETRY = {
  initialRetryTime: 100,
  maxRetryTime: 500,
  multiplier: 1.5,
  retries: Number.MAX_SAFE_INTEGER,
};

/** A consumer that comes back from everything until it is stopped. */
export class PersistentConsumer {
  readonly #options: ConsumerOptions;
  readonly #kafka: Kafka;
  readonly #stopping = new AbortController();
  #consumer: Consumer | undefined;
  #loop: Promise<void> | undefined;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#kafka = new Kafka({
      clientId: 'event-source-mapping',
      brokers: [...options.brokers],
      connectionTimeout: 2000,
      requestTimeout: 10_000,
      retry: RETRY,
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => {
        const { message, error } = entry.log as { message: string; error?: unknown };
        const cause = typeof error === 'string' && error !== message ? `: ${error}` : '';
        options.log(`${entry.namespace}: ${message}${cause}`);
      },
    });
  }

  /** Resolves when the group has been joined for the first time. */
  start(): Promise<void> {
    return new Promise((joined) => {
      this.#loop = this.#run(joined);
    });
  }

  /** Fetches again what was paused. */
  resume(): void {
    try {
      this.#consumer?.resume([{ topic: this.#options.topic }]);
    } catch {
      // Between two runs nothing is paused.
    }
  }

  /** Waits for the batches in flight and leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(joined: () => void): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const consumer = this.#newConsumer(joined);
      this.#consumer = consumer;
      try {
        await this.#consume(consumer);
      } catch (error) {
        this.#options.log(`The consumer starts again: ${String(error)}`);
        await sleep(RETRY.maxRetryTime, undefined, { signal }).catch(() => undefined);
      }
      await consumer.disconnect().catch(() => undefined);
    }
  }

  #newConsumer(joined: () => void): Consumer {
    const { group, windowMs } = this.#options;
    const consumer = this.#kafka.consumer({
      groupId: group,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: 1000,
      // The window is the broker's: it holds a fetch back until there is enough, or time is up.
      maxWaitTimeInMs: windowMs > 0 ? windowMs : 100,
      minBytes: windowMs > 0 ? FULL_BATCH_BYTES : 1,
      retry: { ...RETRY, restartOnFailure: () => Promise.resolve(true) },
    });
    consumer.on(consumer.events.GROUP_JOIN, joined);
    return consumer;
  }

  /** Returns when the consumer is to stop; throws when it gave up. */
  async #consume(consumer: Consumer): Promise<void> {
    const { topic, partitions, eachBatch } = this.#options;
    const { signal } = this.#stopping;
    const over = new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
    });
    // Else a crash during the three steps below would be an unhandled rejection.
    over.catch(() => undefined);
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitions,
      eachBatch,
    });
    await over;
  }
}
