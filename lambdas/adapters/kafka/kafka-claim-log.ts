import { withinMs } from '../within-ms.ts';
import type { Clock, Deadline } from '../../domain/deadline.ts';
import { deadlineAfter, isPast, remainingMs } from '../../domain/deadline.ts';
import type { ClaimLog } from '../../domain/ports.ts';
import { LogUnavailable, PublishOutcomeUnknown } from '../../domain/ports.ts';
import { SignInRefused } from './bearer-sign-in.ts';
import type { GuardedProducer, RecordToSend } from './guarded-producer.ts';
import { SendRefused } from './guarded-producer.ts';

/** Records in one produce request; one of 500 claims is about 150 KB, the broker takes 1 MB. */
const MAX_BATCH = 500;

/**
 * With less time than this a record is not sent: it would take the batch with it into its own
 * deadline, and after a stall each batch has one such record.
 */
const MIN_TIME_MS = 100;

/** As long as one broker may take to answer; then another connection is tried. */
const CONNECT_PATIENCE_MS = 5_000;

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
  isConnected: boolean;
}

/** What a producer was given to send and has not answered. */
interface Flight {
  readonly connection: Connection;
  readonly batch: readonly Publication[];
  /** Ends the wait for it; kafkajs itself may try for seconds more. */
  readonly giveUp: (error: Error) => void;
}

/**
 * Publishes claims to Kafka. Claims that arrive while a produce request is under way go together
 * in the next one; a lone claim waits for no company. Kafkajs stands behind this adapter only.
 *
 * @param newProducer makes a producer that is not yet connected
 * @param onFault told why brokers refused or were not reached; claims learn only what it means to them
 */
export function kafkaClaimLog(
  newProducer: () => GuardedProducer,
  topic: string,
  clock: Clock,
  onFault: (what: string, error: unknown) => void = () => undefined,
): ClaimLog & { close(): void } {
  const queue: Publication[] = [];
  /** By the record's bytes: pressing twice while the first press is on its way publishes once. */
  const underWay = new Map<string, Publication>();
  let current: Connection | undefined;
  let flight: Flight | undefined;
  let pumping = false;

  const abandon = (connection: Connection | undefined): void => {
    connection?.producer.abandon();
    if (current === connection) current = undefined;
    if (flight?.connection === connection) flight?.giveUp(new Error('the producer was given up'));
  };

  const connect = (): Connection => {
    if (current?.producer.isStale() && flight === undefined) abandon(current);
    if (current !== undefined) return current;
    const producer = newProducer();
    const connection = { producer, connected: producer.connect(), isConnected: false };
    current = connection;
    connection.connected.then(
      () => {
        connection.isConnected = true;
      },
      (error: unknown) => {
        // One that was given up meanwhile failed for that reason, which tells nothing of Kafka.
        if (current === connection) onFault('kafka', error);
        abandon(connection);
      },
    );
    return connection;
  };

  const connected = async (): Promise<Connection> => {
    const connection = connect();
    try {
      await withinMs(connection.connected, CONNECT_PATIENCE_MS);
      return connection;
    } catch (error) {
      abandon(connection);
      throw error;
    }
  };

  const send = async (connection: Connection, batch: readonly Publication[]): Promise<void> => {
    const { first, last } = deadlines(batch, clock);
    const records = batch.map(({ record }) => record);
    const acknowledged = Promise.withResolvers<undefined>();
    flight = { connection, batch, giveUp: acknowledged.reject };
    try {
      connection.producer.send(topic, records, first).then(() => {
        acknowledged.resolve(undefined);
      }, acknowledged.reject);
      await withinMs(acknowledged.promise, remainingMs(clock, last));
    } catch (error) {
      // Whatever this producer still holds must never reach the broker: another takes over.
      if (!(error instanceof SendRefused)) abandon(connection);
      throw error;
    } finally {
      flight = undefined;
    }
  };

  const pump = async (): Promise<void> => {
    if (pumping) return;
    pumping = true;
    while (queue.length > 0) {
      let batch: readonly Publication[] = [];
      try {
        // First the connection: a record whose time runs out meanwhile must not end the attempt.
        const connection = await connected();
        batch = takeBatch(queue, clock);
        if (batch.length > 0) await send(connection, batch);
        for (const publication of batch) publication.resolve();
      } catch (error) {
        onFault('kafka', error);
        // All of the batch again, for those who have time left; duplicates are harmless.
        queue.unshift(...batch);
        await clock.sleep(RETRY_PAUSE_MS);
      }
    }
    pumping = false;
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
      // Each claim asks: who need not wait sets no timer.
      if (connect().isConnected) return;
      const deadline = deadlineAfter(clock, waitMs);
      try {
        await withinMs(connect().connected, waitMs).catch(async (error: unknown) => {
          if (!(error instanceof SignInRefused)) throw error;
          // Once more, with a new token.
          await withinMs(connect().connected, remainingMs(clock, deadline));
        });
      } catch (error) {
        throw new LogUnavailable('no connection to Kafka', { cause: error });
      }
    },

    async publish(key, value, deadline, origin) {
      const publication = underWay.get(value) ?? enqueue({ key, value, origin }, deadline);
      try {
        await withinMs(publication.acknowledged, remainingMs(clock, deadline));
      } catch (error) {
        throw asUnknown(error);
      }
      // A process that was frozen must not believe that it was quick.
      if (isPast(clock, deadline)) throw new PublishOutcomeUnknown('acknowledged too late');
    },

    discardExpired() {
      // What kafkajs still holds is stopped at the write. What the broker has is to be waited for:
      // after a stall each batch has a record that is about to expire, and no slow broker would
      // ever get an answer through. Nor is a connection given up that is being made.
      const isExpired = flight?.batch.some(({ deadline }) => isPast(clock, deadline)) ?? false;
      if (isExpired && flight?.connection.producer.holdsUnsent()) abandon(flight.connection);
      // The oldest come first: in a stall thousands wait, and each new claim comes by here.
      for (let head = queue[0]; head && isPast(clock, head.deadline); head = queue[0]) {
        queue.shift();
        head.reject(new PublishOutcomeUnknown('past its deadline before it was sent'));
      }
    },

    close: () => {
      abandon(current);
    },
  };
}

/** The next records to send; those whose time is up are told so and never sent. */
function takeBatch(queue: Publication[], clock: Clock): readonly Publication[] {
  const batch: Publication[] = [];
  while (batch.length < MAX_BATCH) {
    const next = queue.shift();
    if (next === undefined) break;
    if (remainingMs(clock, next.deadline) < MIN_TIME_MS) {
      next.reject(new PublishOutcomeUnknown('no time left to send it'));
    } else batch.push(next);
  }
  return batch;
}

/** Nothing is written after the first; the acknowledgement of the last is waited for. */
function deadlines(
  batch: readonly Publication[],
  clock: Clock,
): { readonly first: Deadline; readonly last: Deadline } {
  let [first, last]: (Deadline | undefined)[] = [];
  let [least, most] = [Infinity, -Infinity];
  for (const { deadline } of batch) {
    const left = remainingMs(clock, deadline);
    if (left < least) [first, least] = [deadline, left];
    if (left > most) [last, most] = [deadline, left];
  }
  if (first === undefined || last === undefined) throw new Error('an empty batch');
  return { first, last };
}

function asUnknown(error: unknown): PublishOutcomeUnknown {
  if (error instanceof PublishOutcomeUnknown) return error;
  return new PublishOutcomeUnknown('no acknowledgement in time', { cause: error });
}
