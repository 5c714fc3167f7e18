import net from 'node:net';
import tls from 'node:tls';
import type { ISocketFactory, Message, Producer } from 'kafkajs';
import { originHeaders, type ClaimOrigin } from '../../domain/claim-origin.ts';
import type { Clock, Deadline } from '../../domain/deadline.ts';
import { isPast } from '../../domain/deadline.ts';
import { PlainFault } from '../../domain/fault-words.ts';
import { kafkaClient, type KafkaConnection } from './kafka-connection.ts';
import { partitionByKey } from './partition-by-key.ts';

export interface RecordToSend {
  readonly key: string;
  readonly value: string;
  readonly origin?: ClaimOrigin | undefined;
}

const KEEP_ALIVE_MS = 60_000;
/** kafkajs' 1 s is too short for a TLS and IAM handshake with brokers that are being stormed. */
const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 3_000;
const PRODUCE_API_KEY = 0;
const API_KEY_OFFSET = 4;

/**
 * The brokers answered, and some refused: a leader has moved, say. The metadata are new since,
 * and the producer can be used for another try.
 */
export class SendRefused extends PlainFault {
  override readonly name = 'SendRefused';
}

/**
 * A kafkajs producer that is never used again after a send of it was given up, and that sends
 * nothing past the deadline of the send in progress, whatever kafkajs' own retries would do.
 *
 * `idempotent: false` on purpose: kafkajs 2.2.4 takes the sequence number of a failed send again,
 * and the broker then drops the next record as a duplicate while `send` resolves. Duplicates are
 * harmless here; a lost record is not.
 *
 * No retries by kafkajs: its second try skips the brokers that answered the first. A record whose
 * partition has moved to such a broker is then never sent, and `send` resolves.
 */
export interface GuardedProducer {
  /** Rejects with SignInRefused, or any error that kept it from connecting. */
  connect(): Promise<void>;
  /**
   * One send at a time; nothing is written after the deadline. Resolves once all in-sync replicas
   * have the records. Rejects with {@link SendRefused}, or any error after which the producer
   * must be abandoned.
   */
  send(topic: string, records: readonly RecordToSend[], deadline: Deadline): Promise<void>;
  /** A connection was closed since: by a broker that went away, or by one that waited too long. */
  isStale(): boolean;
  /** Bytes wait in this process for a socket to take them; after a freeze they would still go out. */
  holdsUnsent(): boolean;
  /** Cuts the connections at once; what was not yet written never will be. */
  abandon(): void;
}

/** Opens a connection to a broker. */
export type OpenSocket = (
  host: string,
  port: number,
  ssl: tls.ConnectionOptions | undefined,
  onConnect: () => void,
) => net.Socket;

export function guardedProducer(
  connection: KafkaConnection,
  clock: Clock,
  openSocket: OpenSocket = openBrokerSocket,
): GuardedProducer {
  const sockets = new Set<net.Socket>();
  let abandoned = false;
  let connected = false;
  let stale = false;
  let deadline: Deadline | undefined;

  const mayWrite = (bytes: Uint8Array | string): boolean => {
    if (abandoned) return false;
    return !isProduceRequest(bytes) || (deadline !== undefined && !isPast(clock, deadline));
  };

  const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const socket = openSocket(host, port, ssl, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    if (abandoned) socket.destroy(new Error('the producer was given up'));
    sockets.add(socket);
    socket.once('close', () => {
      // Those of attempts to connect that failed don't count, or none could ever succeed.
      stale ||= connected;
      sockets.delete(socket);
    });
    guardWrites(socket, mayWrite);
    return socket;
  };

  const producer = createProducer(connection, socketFactory);

  return {
    async connect() {
      await producer.connect();
      connected = true;
    },

    async send(topic, records, sendDeadline) {
      deadline = sendDeadline;
      try {
        await producer.send({ topic, acks: -1, messages: records.map(toMessage) });
      } catch (error) {
        const refusal = refusalIn(error);
        throw refusal === undefined ? error : new SendRefused(refusal, { cause: error });
      }
    },

    isStale: () => stale,

    holdsUnsent: () => [...sockets].some(({ writableLength }) => writableLength > 0),

    abandon() {
      abandoned = true;
      for (const socket of sockets) socket.destroy(new Error('the producer was given up'));
      // kafkajs still holds timers; its disconnect has nothing left to wait for.
      producer.disconnect().catch(() => undefined);
    },
  };
}

function createProducer(connection: KafkaConnection, socketFactory: ISocketFactory): Producer {
  const kafka = kafkaClient(connection, {
    socketFactory,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Of connecting: a restarted broker is found again after 50, 100, 200, 400, 400 … ms.
    retry: { initialRetryTime: 50, multiplier: 2, maxRetryTime: 400, factor: 0, retries: 8 },
  });
  return kafka.producer({
    idempotent: false,
    retry: { retries: 0 },
    allowAutoTopicCreation: false,
    createPartitioner: () => partitionByKey,
  });
}

/**
 * Kafka's name of the error, `NOT_ENOUGH_REPLICAS` say, if that passes. kafkajs wraps the error of
 * its last try; its classes are there for types only.
 */
function refusalIn(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  for (const each of [error, cause]) {
    if (!(each instanceof Error) || each.name !== 'KafkaJSProtocolError') continue;
    if ('retriable' in each && each.retriable === true) {
      return 'type' in each ? String(each.type) : each.message;
    }
  }
  return undefined;
}

function toMessage({ key, value, origin }: RecordToSend): Message {
  return origin === undefined ? { key, value } : { key, value, headers: originHeaders(origin) };
}

function openBrokerSocket(...[host, port, ssl, onConnect]: Parameters<OpenSocket>): net.Socket {
  if (!ssl) return net.connect({ host, port }, onConnect);
  const servername = net.isIP(host) ? {} : { servername: host };
  return tls.connect({ host, port, ...servername, ...ssl }, onConnect);
}

/** The check stands right before the write: a process may have been frozen since any earlier one. */
function guardWrites(socket: net.Socket, mayWrite: (bytes: Uint8Array | string) => boolean): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = (bytes: Uint8Array | string, ...rest: unknown[]): boolean => {
    if (mayWrite(bytes)) return write(bytes, ...rest);
    socket.destroy(new Error('past the deadline of the send'));
    return false;
  };
}

/** A Kafka request begins with its length (int32) and its API key (int16). */
function isProduceRequest(bytes: Uint8Array | string): boolean {
  if (typeof bytes === 'string' || bytes.length < API_KEY_OFFSET + 2) return true;
  const key = ((bytes[API_KEY_OFFSET] ?? 0) << 8) | (bytes[API_KEY_OFFSET + 1] ?? 0);
  return key === PRODUCE_API_KEY;
}
