import type { RecordedRedeemReply, RecordedReply } from '../../../local/invariants/facts.ts';
import type { CrowdOptions } from '../crowd.ts';

/** What the load's process is told, once, as it starts. */
export interface LoadJob {
  /** Base URL of the API. */
  readonly api: string;
  readonly couponId: string;
  readonly crowd: CrowdOptions;
  /** One token a line, that of user 0 first. */
  readonly tokensFile: string;
  /** The `sub` of each of these tokens, before the number of the user, from 1. */
  readonly userPrefix: string;
  /** Of the shop's order service. */
  readonly checkoutToken: string;
  /** One in so many users who got one has it redeemed by an order some seconds later. */
  readonly redeemsOneIn: number;
  /** One in so many users who got one looks again and again until it is issued. */
  readonly looksOneIn: number;
  /** How long people who were told to come back do so after the last press, milliseconds. */
  readonly patienceMs: number;
  /** Where the answers go, a JSON object a line: {@link LoadEntry}. */
  readonly entriesFile: string;
}

export interface ClaimEntry extends RecordedReply {
  readonly kind: 'claim';
  /**
   * When the press was to be sent, milliseconds after the beginning: a load that can't keep up
   * makes those that wait late, not fewer.
   */
  readonly intendedMs: number;
  /** When its answer was there, milliseconds after the beginning. */
  readonly answeredMs: number;
  /** 0 for the press itself, 1 for the first time that its user was told to come back and did. */
  readonly attempt: number;
}

export interface RedeemEntry extends RecordedRedeemReply {
  readonly kind: 'redeem';
  readonly answeredMs: number;
}

/** A user who looked until the coupon was issued. */
export interface LookEntry {
  readonly kind: 'look';
  readonly issuanceId: string;
  /** From the answer that it is accepted until it was seen issued, milliseconds; undefined: never. */
  readonly issuedAfterMs: number | undefined;
}

export type LoadEntry = ClaimEntry | RedeemEntry | LookEntry;

/** What the load's process tells once a second. */
export interface LoadProgress {
  readonly kind: 'progress';
  /** Milliseconds since the first press was due. */
  readonly elapsedMs: number;
  /** Presses so far, without those of users who were told to come back. */
  readonly pressed: number;
  /** Requests that wait for their answer. */
  readonly inFlight: number;
  /** Answers so far, by kind: `202`, `409 sold_out`, `no answer`. */
  readonly answers: Readonly<Record<string, number>>;
}

/** Sent before the first press is due. */
export interface LoadBegun {
  readonly kind: 'begun';
  /** When it is due, milliseconds since 1970. */
  readonly at: number;
}

/** The last message: every answer is in the file. */
export interface LoadDone {
  readonly kind: 'done';
}

export type LoadMessage = LoadBegun | LoadProgress | LoadDone;

/** `202`, `409 sold_out`, `no answer`. */
export function answerOf({ status, code }: Pick<RecordedReply, 'status' | 'code'>): string {
  if (status === undefined) return 'no answer';
  return code === undefined ? String(status) : `${status} ${code}`;
}
