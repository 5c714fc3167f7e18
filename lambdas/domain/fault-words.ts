/**
 * An error whose message is ours: it quotes no data, and may be logged. Messages of others may
 * quote anything: a row that breaks a constraint, the JSON that could not be read.
 */
export class PlainFault extends Error {}

/** What may be said of a fault. */
export interface FaultWords {
  /** The error's name. */
  readonly fault: string;
  /** Empty if nothing is known that may be said. */
  readonly reason: string;
}

/** Of errors that other errors caused. */
const MAX_DEPTH = 4;

export function faultWords(error: unknown): FaultWords {
  if (!(error instanceof Error)) return { fault: typeof error, reason: '' };
  return { fault: error.name, reason: reasonOf(error, MAX_DEPTH) };
}

/** For the message of an error of ours that stands for another: why, or else its name. */
export function shortWords(error: unknown): string {
  const { fault, reason } = faultWords(error);
  return reason === '' ? fault : reason;
}

/**
 * Stands in for an error that leaves a function: Lambda writes what is thrown into the function's
 * log, with its message and all that hangs on it.
 */
export function plainFault(error: unknown): PlainFault {
  if (error instanceof PlainFault) return error;
  const { fault, reason } = faultWords(error);
  const plain = new PlainFault(reason);
  plain.name = fault;
  plain.stack = [fault, ...placesOf(error)].join('\n    ');
  return plain;
}

/** For what is thrown out of a function: `work().catch(throwPlainly)`. */
export function throwPlainly(error: unknown): never {
  throw plainFault(error);
}

/** Where it happened: its stack without the message, which stands at its beginning. */
export function placesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { stack = '', message } = error;
  return stack
    .replace(message, () => '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .slice(0, 8);
}

function reasonOf(error: Error, depth: number): string {
  if (error instanceof PlainFault) return error.message;
  const code = codeOf(error);
  if (code !== undefined) return code;
  const ofCause = error.cause instanceof Error && depth > 1 ? reasonOf(error.cause, depth - 1) : '';
  return ofCause === '' ? staticMessageOf(error) : ofCause;
}

const CODE = /^[A-Z0-9_]{2,60}$/;

/** `connect ECONNREFUSED` of Node, the SQLSTATE of PostgreSQL, the name of Kafka's error. */
function codeOf(error: Error): string | undefined {
  const { code, syscall, type } = error as Error & Readonly<Record<string, unknown>>;
  const known = [code, type].find((each) => typeof each === 'string' && CODE.test(each));
  if (typeof known !== 'string') return undefined;
  return typeof syscall === 'string' && /^[a-z]{1,20}$/.test(syscall)
    ? `${syscall} ${known}`
    : known;
}

/** What drivers say when a connection is not there, or too slow: these words and no others. */
const STATIC_MESSAGE =
  /^(Connection (is closed\.|terminated( unexpectedly| due to connection timeout)?|timeout|ended)|Command timed out|Socket timeout\. Expecting data, but didn't receive any in \d+ms\.|Stream isn't writeable and enableOfflineQueue options is false|timeout exceeded when trying to connect|Query read timeout|(Client|The server) [a-z ]*closed[a-z ]*|The producer is disconnected|Closed connection|Request \w+\(key: \d+, version: \d+\) timed out|the producer was given up|past the deadline of the send|not within \d+ ms|[a-z]+ answered \d{3}|The operation was aborted due to timeout|fetch failed)$/;

function staticMessageOf({ message }: Error): string {
  return STATIC_MESSAGE.test(message) ? message : '';
}
