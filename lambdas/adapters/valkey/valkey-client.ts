import { Redis } from 'ioredis';
import { shortWords } from '../../domain/fault-words.ts';
import { GateOutcomeUnknown, GateUnavailable } from '../../domain/ports.ts';
import { gateScripts } from './gate-scripts.ts';
import { rateLimitScripts } from './rate-limit-script.ts';

export interface ValkeySettings {
  readonly url: string;
  /** After this long a command's outcome counts as unknown. Milliseconds. */
  readonly commandTimeoutMs: number;
  /** A new one for each connection; without it the URL has one, or there is none. */
  readonly password?: (() => string) | undefined;
}

/** A command that is a script: keys and arguments in, the script's reply out. */
type ScriptCommand = (...args: string[]) => Promise<unknown>;

const scripts = { ...gateScripts, ...rateLimitScripts } as const;

/** Of one server. */
export type ValkeyClient = Redis & Record<keyof typeof scripts, ScriptCommand>;

const RECONNECT_MS = 100;

/**
 * A client that never runs a command a second time by itself: by default ioredis sends a command
 * whose reply was cut again after reconnecting. Here each call ends, as an error if need be,
 * and the protocol decides what to do about it.
 *
 * @param onError told of connection errors, which come outside any call
 * @param onReply told of error replies
 */
export function connectValkey(
  { url, commandTimeoutMs, password }: ValkeySettings,
  onError: (error: Error) => void,
  onReply: (error: Error) => void = () => undefined,
): ValkeyClient {
  const client = new Redis(url, {
    // Its password is not there yet.
    lazyConnect: password !== undefined,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    // A connection on which nothing comes back is replaced: a black hole never closes by itself.
    socketTimeout: commandTimeoutMs,
    retryStrategy: () => RECONNECT_MS,
    // A master that became a replica: only a new connection finds the new master.
    reconnectOnError: (error) => {
      onReply(error);
      return error.message.startsWith('READONLY');
    },
    scripts,
  });
  if (password !== undefined) {
    // Read each time that it connects: a token that was good at first is not for ever.
    Object.defineProperty(client.options, 'password', { get: password });
  }
  client.on('error', onError);
  client.on('connect', () => {
    writeTogether(client.stream);
  });
  // All who wait for a connection listen for it.
  client.setMaxListeners(0);
  // What keeps it from connecting is an event, too, and it goes on trying.
  if (password !== undefined) client.connect().catch(() => undefined);
  return client as ValkeyClient;
}

/** What is written in one turn of the event loop leaves in one system call: in a spike it is dozens. */
function writeTogether(stream: NetStream): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (...args: unknown[]): boolean => {
    if (stream.writableCorked === 0) {
      stream.cork();
      setImmediate(() => {
        stream.uncork();
      });
    }
    return write(...args);
  };
}

type NetStream = Redis['stream'];

/** Error replies by which Valkey says that it ran nothing. */
const NOTHING_RAN =
  /^(OOM|READONLY|LOADING|MASTERDOWN|NOREPLICAS|MOVED|ASK|TRYAGAIN|CLUSTERDOWN|BUSY|NOPERM|NOAUTH|WRONGPASS|MISCONF) /;
const NEVER_SENT = "Stream isn't writeable";

/** Tells a command that surely did not run from one whose outcome nobody knows. */
export function asGateError(error: unknown): GateUnavailable | GateOutcomeUnknown {
  const message = error instanceof Error ? error.message : String(error);
  const ranNothing = NOTHING_RAN.test(message) || message.startsWith(NEVER_SENT);
  const words = wordsOf(error);
  return ranNothing
    ? new GateUnavailable(words, { cause: error })
    : new GateOutcomeUnknown(words, { cause: error });
}

/** An error reply may name users, servers and a command's arguments, all but its first word. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return shortWords(error);
  return /^[A-Z]+\b/.exec(error.message)?.[0] ?? error.name;
}
