import type { LogPosition } from './fences.ts';

/**
 * All that functions may say in their logs. No token, code, address or user id has a place here:
 * who looks for a user's coupon asks the API for its id, and the logs by that.
 */
export const LOG_MESSAGES = [
  // One line a request.
  'claim',
  'request',
  // From the log to the ledger.
  'batch recorded',
  'batch continued',
  'batch not stored',
  'late records',
  'record quarantined',
  // Of schedules.
  'gate opened',
  'gate aligned',
  'gate lost',
  'gate not opened',
  'clocks differ',
  'pending claims swept',
  'coupon not swept',
  'not purged',
  'ledger drift',
  'notification',
  'notifications not sent',
  'grants worked on',
  'schema migrated',
  // Of faults.
  'channels not opened',
  'outcome unknown',
  'server away',
  'unexpected fault',
  'fault',
] as const;

export type LogMessage = (typeof LOG_MESSAGES)[number];

/** A claim that a batch brought. */
export interface LoggedClaim {
  readonly issuanceId: string;
  /** Of the request that it came with; grants and sweeps have none. */
  readonly requestId?: string | undefined;
}

/** What kinds of values there are. */
interface Values {
  text: string;
  number: number;
  texts: readonly string[];
  places: readonly LogPosition[];
  claims: readonly LoggedClaim[];
}

interface LogFieldDefinition {
  readonly kind: keyof Values;
  /** Of a text, or of each: one that looks otherwise is left out. */
  readonly shape?: RegExp;
}

const ID = /^[\w-]{1,64}$/;
const WORDS = /^[A-Za-z0-9_ .:-]{1,80}$/;
/** Printable, and no more than a sentence. */
const SENTENCE = /^[\x20-\x7e]{0,300}$/;

const text = (shape: RegExp) => ({ kind: 'text', shape }) as const;
const texts = (shape: RegExp) => ({ kind: 'texts', shape }) as const;
const number = { kind: 'number' } as const;

/** The fields that a line may have, apart from level, message, time and function. */
export const LOG_FIELDS = {
  requestId: text(ID),
  couponId: text(/^[a-z0-9]{12}$/),
  issuanceId: text(/^[a-z0-9]{12}_[\w-]{22}$/),
  /** As `routes.ts` names it. */
  route: text(/^[A-Za-z]{1,40}$/),
  status: number,
  /** Of a request: `ok`, `accepted`, `repeated`, or the code of its problem document. */
  outcome: text(/^[a-z_]{1,40}$/),
  ms: number,
  gateMs: number,
  publishMs: number,
  /** Of a batch, all of them; the rest say what became of them. */
  records: number,
  inserted: number,
  duplicates: number,
  late: number,
  quarantined: number,
  claims: { kind: 'claims' },
  from: { kind: 'places' },
  topic: text(WORDS),
  partition: number,
  offset: text(/^-?[0-9]{1,20}$/),
  /** Of a fault: what was tried, the error's name, why, and where. */
  what: text(WORDS),
  fault: text(WORDS),
  reason: text(SENTENCE),
  at: texts(SENTENCE),
  why: text(WORDS),
  epoch: number,
  aheadMs: number,
  /** Of what gate, log and ledger say of a coupon's units, and by how many they differ. */
  counter: number,
  lost: number,
  unknown: number,
  quantity: number,
  issued: number,
  rows: number,
  given: number,
  /** Of a notification, and how many of them are given up or come again. */
  channel: text(/^[a-z]{1,20}$/),
  event: text(/^[a-z_]{1,40}$/),
  parked: number,
  again: number,
  published: number,
  failed: number,
  settled: number,
  finished: texts(ID),
  waiting: texts(ID),
  migrated: texts(ID),
} as const satisfies Readonly<Record<string, LogFieldDefinition>>;

export type LogField = keyof typeof LOG_FIELDS;

export type LogFields = {
  readonly [Name in LogField]?: Values[(typeof LOG_FIELDS)[Name]['kind']] | undefined;
};

/** Where functions log; nothing but messages and fields of these lists gets through. */
export interface Logger {
  /** Whether {@link info} writes anything: what makes up a line for each request asks first. */
  readonly writesInfo: boolean;
  info(message: LogMessage, fields: LogFields): void;
  /** Expected, and mended without anybody. */
  warn(message: LogMessage, fields: LogFields): void;
  /** For somebody to look at. */
  error(message: LogMessage, fields: LogFields): void;
}
