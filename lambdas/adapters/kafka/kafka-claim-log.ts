import type { Clock, Deadline } from '../../domain/deadline.ts';
import { isPast, remainingMs } from '../../domain/deadline.ts';
import type { ClaimLog } from '../../domain/ports.ts';
import { LogUnavailable, PublishOutcomeUnknown } from '../../domain/ports.ts';
import type { GuardedProducer, RecordToSend } from './guarded-producer.ts';

/** Records in one produce request; one of 500 claims is about 150 KB, the broker takes 1 MB. */
const MAX_BATCH = 500;

/** A leader is elected, or a restarted broker back, within some of these. */
const RETRY_PAUSE_MS = 100;

interface Publication {
  readonly record: RecordToSend;
  readonly deadline: Deadline;
  readonly acknowledged: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface Connection {
  readonly producer: GuardedProducer;
  readonly connected: Promise<void>;
}

/**
 * Publishes claims to Kafka. Claims that arrive while a produce request is under way go together
 * in the next one; a lone claim waits for no company. Kafkajs stands behind this adapter only.
 *
 * @param newProducer makes a producer that is not yet connected
 */
export function kafkaClaimLog(
  newProducer: () => GuardedProducer,
  topic: string,
  clock: Clock,
): ClaimLog & { close(): void } {
  const queue: Publication[] = [];
  /** By the record's bytes: pressing twice while the first press is on its way publishes once. */
  const underWay = new Map<string, Publication>();
  let current: Connection | undefined;
  let sending: readonly Publication[] = [];

  const abandon = (connection: Connection | undefined): void => {
    connection?.producer.abandon();
    if (current === connection) current = undefined;
  };

  const connect = (): Connection => {
    if (current?.producer.isStale() && sending.length === 0) abandon(current);
    if (current !== undefined) return current;
    const producer = newProducer();
    const connection = { producer, connected: producer.connect() };
    current = connection;
    connection.connected.catch(() => {
      abandon(connection);
    });
    return connection;
  };

  const tryToSend = async (batch: readonly Publication[], deadline: Deadline): Promise<void> => {
    const connection = connect();
    try {
      await withinMs(connection.connected, remainingMs(clock, deadline));
      const records = batch.map(({ record }) => record);
      const sent = connection.producer.send(topic, records, deadline);
      await withinMs(sent, remainingMs(clock, deadline));
    } catch (error) {
      // Whatever this producer still holds must never reach the broker: another takes over.
      abandon(connection);
      throw error;
    }
  };

  /** Tries again, all of the batch, until the first of its deadlines; duplicates are harmless. */
  const send = async (batch: readonly Publication[]): Promise<void> => {
    const deadline = earliest(batch, clock);
    for (;;) {
      try {
        await tryToSend(batch, deadline);
        return;
      } catch (error) {
        if (remainingMs(clock, deadline) <= RETRY_PAUSE_MS) throw error;
        await clock.sleep(RETRY_PAUSE_MS);
      }
    }
  };

  const pump = async (): Promise<void> => {
    if (sending.length > 0) return;
    while ((sending = takeBatch(queue, clock)).length > 0) {
      try {
        await send(sending);
        for (const publication of sending) publication.resolve();
      } catch (error) {
        const unknown = new PublishOutcomeUnknown('no acknowledgement in time', { cause: error });
        for (const publication of sending) publication.reject(unknown);
      }
    }
  };

  const enqueue = (record: RecordToSend, deadline: Deadline): Publication => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const publication: Publication = {
      record,
      deadline,
      acknowledged: promise,
      resolve: () => {
        resolve(undefined);
      },
      reject,
    };
    const forget = (): void => {
      underWay.delete(record.value);
    };
    promise.then(forget, forget);
    underWay.set(record.value, publication);
    queue.push(publication);
    void pump();
    return publication;
  };

  return {
    async ready(waitMs) {
      try {
        await withinMs(connect().connected, waitMs);
      } catch (error) {
        throw new LogUnavailable('no connection to Kafka', { cause: error });
      }
    },

    async publish(key, value, deadline) {
      const publication = underWay.get(value) ?? enqueue({ key, value }, deadline);
      try {
        await withinMs(publication.acknowledged, remainingMs(clock, deadline));
      } catch (error) {
        throw asUnknown(error);
      }
      // A process that was frozen must not believe that it was quick.
      if (isPast(clock, deadline)) throw new PublishOutcomeUnknown('acknowledged too late');
    },

    discardExpired() {
      if (sending.some(({ deadline }) => isPast(clock, deadline))) abandon(current);
      const expired = queue.filter(({ deadline }) => isPast(clock, deadline));
      for (const publication of expired) {
        queue.splice(queue.indexOf(publication), 1);
        publication.reject(new PublishOutcomeUnknown('past its deadline before it was sent'));
      }
    },

    close: () => {
      abandon(current);
    },
  };
}

/** The next records to send; those whose deadline is past are told so and never sent. */
function takeBatch(queue: Publication[], clock: Clock): readonly Publication[] {
  const batch: Publication[] = [];
  while (batch.length < MAX_BATCH) {
    const next = queue.shift();
    if (next === undefined) break;
    if (isPast(clock, next.deadline)) {
      next.reject(new PublishOutcomeUnknown('past its deadline before it was sent'));
    } else batch.push(next);
  }
  return batch;
}

function earliest(batch: readonly Publication[], clock: Clock): Deadline {
  return batch
    .map(({ deadline }) => deadline)
    .reduce((a, b) => (remainingMs(clock, a) <= remainingMs(clock, b) ? a : b));
}

function asUnknown(error: unknown): PublishOutcomeUnknown {
  if (error instanceof PublishOutcomeUnknown) return error;
  return new PublishOutcomeUnknown('no acknowledgement in time', { cause: error });
}

async function withinMs<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        reject(new Error(`not within ${Math.round(ms)} ms`));
      },
      Math.max(0, ms),
    );
  });
  // When the time-out wins, the work's own failure has nobody left to hear it.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
