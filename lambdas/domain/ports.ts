import type { Actor, AuditEntry } from './audit.ts';
import type { ClaimOrigin } from './claim-origin.ts';
import type {
  ApplyOutcome,
  ClaimOutcome,
  ClaimRequest,
  GateContents,
  GateLimit,
  GateStatus,
  GateTerms,
} from './gate.ts';
import type { Coupon, CouponDefinition, CouponState, CouponTerms } from './coupon.ts';
import type { Deadline } from './deadline.ts';
import type { KnownUser } from './erasure.ts';
import { PlainFault } from './fault-words.ts';
import type { Fence } from './fences.ts';
import type { ClaimedIssuance, RecordedIssuance } from './issuance.ts';
import type { BatchSummary, LogEntry } from './record-plan.ts';

/** What a function has to look up before it can work could not be had: nothing was done. */
export class SettingUnavailable extends PlainFault {
  override readonly name = 'SettingUnavailable';
}

/** Derives ids that every retry, sweep and redelivery of a claim derives again. */
export interface Identifiers {
  /** 128 bits, base64url, 22 characters: the issuance's id behind its coupon's. */
  issuanceDigest(couponId: string, userId: string, idempotencyKey: string): string;
  /** 128 bits, base64url, 22 characters: tells users apart after an erasure, naming no one. */
  userKey(userId: string): string;
}

/** The gate did not answer, and whether the command ran is not known. */
export class GateOutcomeUnknown extends PlainFault {
  override readonly name = 'GateOutcomeUnknown';
}

/** The gate could not be asked: nothing ran. */
export class GateUnavailable extends PlainFault {
  override readonly name = 'GateUnavailable';
}

/**
 * The atomic check of claims, in Valkey. Every method rejects with {@link GateOutcomeUnknown} or
 * {@link GateUnavailable} when Valkey fails.
 */
export interface StockGate {
  claim(request: ClaimRequest): Promise<ClaimOutcome>;
  /** Drops the pending entries of published claims, those of `epoch` only. */
  confirm(couponId: string, digests: readonly string[], epoch: number): Promise<void>;
  /** The claim with this id, or why the gate cannot tell. */
  find(issuanceId: string): Promise<GateFinding>;
  status(couponId: string): Promise<GateStatus>;
  /**
   * Pending claims let in at least `minAgeMs` ago by the gate's clock, or before it was set back, in
   * pages, each read when it is asked for; none of a closed gate.
   */
  pendingClaims(couponId: string, minAgeMs: number): AsyncIterable<PendingClaim[]>;

  /** Closes the gate for a rebuild; false if a later epoch is there already. */
  beginBuilding(couponId: string, epoch: number): Promise<boolean>;
  /** Empties the gate that is being built; false unless it is still being built by `epoch`. */
  clear(couponId: string, epoch: number, perUserLimit: number): Promise<boolean>;
  /** Adds claims to the gate being built; false unless it is still being built by `epoch`. */
  load(couponId: string, epoch: number, claims: readonly LoadedClaim[]): Promise<boolean>;
  /**
   * Opens the gate built by `epoch`; false if what was loaded is not all there, or if the gate was
   * told of later terms meanwhile.
   */
  open(couponId: string, contents: GateContents): Promise<boolean>;

  /**
   * Makes an open gate obey `terms`, which are in PostgreSQL, unless it has later ones; a gate that
   * is being built only remembers that it must not be opened with earlier ones.
   *
   * @param limit of a change that is not committed: it is added to the terms, and only takes away
   */
  apply(couponId: string, terms: GateTerms, limit?: GateLimit): Promise<ApplyOutcome>;
  /**
   * Blanks the user's id in their claims; those with these digests are known to be theirs. The
   * claims stay, and pending entries keep the name until they are published, some seconds.
   * False while the gate is being built: what is loaded may have been read before the erasure.
   */
  forgetUser(couponId: string, user: KnownUser, digests: readonly string[]): Promise<boolean>;
}

export type GateFinding =
  | { readonly kind: 'found'; readonly issuance: ClaimedIssuance }
  | { readonly kind: 'absent' }
  | { readonly kind: 'closed'; readonly missing: boolean };

export interface PendingClaim {
  readonly digest: string;
  readonly epoch: number;
  /** By the gate's clock, milliseconds since 1970. */
  readonly acceptedAt: number;
  /** The record's bytes, as every publish sends them. */
  readonly record: string;
}

export type LoadedClaim = ClaimedIssuance & { readonly userKey: string };

/** The log did not acknowledge in time; whether the record stands in it is not known. */
export class PublishOutcomeUnknown extends PlainFault {
  override readonly name = 'PublishOutcomeUnknown';
}

/** There is no connection to the log: nothing was sent. */
export class LogUnavailable extends PlainFault {
  override readonly name = 'LogUnavailable';
}

/** Kafka, for those who publish claims. */
export interface ClaimLog {
  /** Waits for a connection, at most `waitMs`. Rejects with {@link LogUnavailable}. */
  ready(waitMs: number): Promise<void>;
  /**
   * Resolves once the record is acknowledged by all in-sync replicas before the deadline.
   * Rejects with {@link PublishOutcomeUnknown} otherwise; nothing is sent after the deadline.
   *
   * @param origin goes with the record; a publish that joins one of the same record keeps the first's
   */
  publish(key: string, value: string, deadline: Deadline, origin?: ClaimOrigin): Promise<void>;
  /** Drops what is past its deadline: the first act of an invocation, for it may have been frozen. */
  discardExpired(): void;
}

/** Kafka, for the rebuild of a gate. Rejects with {@link LogUnavailable}. */
export interface LogPositions {
  readonly topic: string;
  /** The offset that each partition's next record gets. */
  endOffsets(): Promise<Readonly<Record<string, string>>>;
  /** What the record group has committed; −1 where nothing was. */
  committedOffsets(): Promise<Readonly<Record<string, string>>>;
}

/** The ledger cannot be reached or did not answer in time. */
export class LedgerUnavailable extends PlainFault {
  override readonly name = 'LedgerUnavailable';
}

/** PostgreSQL, for single issuances. Rejects with {@link LedgerUnavailable}. */
export interface IssuanceLedger {
  findIssuance(id: string): Promise<RecordedIssuance | undefined>;
}

/** PostgreSQL, for coupons. Rejects with {@link LedgerUnavailable}. */
export interface CouponLedger {
  /** The same id again gives the coupon that is there. */
  createCoupon(id: string, definition: CouponDefinition, actor: Actor): Promise<Coupon>;
  findCoupon(id: string): Promise<CouponReading | undefined>;
  /** The newest first. */
  listCoupons(query: CouponQuery): Promise<CouponReading[]>;
}

export interface CouponReading {
  readonly coupon: Coupon;
  /** The database's clock at the reading, milliseconds since 1970. */
  readonly readAt: number;
}

export interface CouponQuery {
  readonly state?: CouponState | undefined;
  readonly limit: number;
  /** Only coupons that come after this one. */
  readonly after?: { readonly createdAt: number; readonly id: string } | undefined;
}

/** PostgreSQL, for changes of coupons. Rejects with {@link LedgerUnavailable}. */
export interface CouponChanges {
  /**
   * Asks `decide` under the coupon's row lock, and writes what it says with the audit entry in the
   * same transaction, as the coupon's next version. Undefined if there is no such coupon.
   *
   * A rejection leaves it open whether the change was written: its commit may have been.
   */
  changeCoupon<Refusal>(
    couponId: string,
    decide: (reading: CouponReading) => Promise<ChangeDecision<Refusal>>,
  ): Promise<ChangedCoupon<Refusal> | undefined>;
  raiseVersion: RaiseVersion;
}

export type ChangeDecision<Refusal> =
  | { readonly kind: 'write'; readonly terms: CouponTerms; readonly audit: AuditEntry }
  /** It is so already. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

export type ChangedCoupon<Refusal> =
  /** As it is now, whether anything was written or it was so already. */
  | { readonly kind: 'stands'; readonly reading: CouponReading }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * Gives the coupon a version that this gate has not heard of, unless it has one already or the
 * gate has just this one, whole. Returns the coupon as it then is.
 */
export type RaiseVersion = (
  couponId: string,
  gate: { readonly version: number; readonly restricted: boolean },
) => Promise<Coupon>;

/** PostgreSQL, for the record function. */
export interface RecordLedger {
  /**
   * Stores a batch in one transaction. Rejects when the database fails: nothing was stored,
   * or (its reply lost) all of it; the same batch again is harmless.
   */
  storeBatch(entries: readonly LogEntry[]): Promise<BatchSummary>;
}

/** PostgreSQL, for the rebuild of gates and the sweep. */
export interface RestoreLedger {
  findCoupon(id: string): Promise<CouponReading | undefined>;
  /** Coupons whose issue window ends later than `graceMs` ago, in the order of their ids. */
  couponIdsEndingSince(graceMs: number): Promise<string[]>;
  /**
   * Begins the coupon's next epoch and returns it. Where a gate was open, who is to be told that it
   * is closed is written in the same transaction: once, however many epochs it takes to open again.
   */
  beginEpoch(couponId: string, why?: string): Promise<number>;
  /**
   * Keeps the fence, once: the one stored first stays and is returned. Nothing is stored, and
   * nothing returned, once the coupon's epoch is a later one than the fence's.
   */
  storeFence(couponId: string, fence: Fence): Promise<Fence | undefined>;
  findFence(couponId: string, epoch: number): Promise<Fence | undefined>;
  /** Runs `work` under the coupon's row lock, reading the writer. */
  withLockedCoupon<T>(couponId: string, work: (locked: LockedCoupon) => Promise<T>): Promise<T>;
  raiseVersion: RaiseVersion;
}

/** PostgreSQL, for keeping the rebuilds of a gate to one at a time: economy, never safety. */
export interface RestoreLeases {
  /** Also renews the holder's own. False while another holder's lease runs. */
  take(couponId: string, holder: string, ms: number): Promise<boolean>;
  release(couponId: string, holder: string): Promise<void>;
}

export interface LockedCoupon {
  readonly coupon: Coupon;
  /** All the coupon's issuances, in chunks of at most `size`. */
  issuances(size: number): AsyncIterable<LoadedClaim[]>;
  /**
   * Notes, with the end of this transaction, that the gate of the present epoch is open, and who is
   * to be told of it where one was open before.
   */
  noteOpened(): Promise<void>;
}

/** A short-lived copy of coupons, so that polls of a spike don't reach the database. */
export interface CouponCache {
  /**
   * The coupon as read by `load` a second or so ago, at most ten; undefined if there is none.
   * `readAt` is the present time, by the clock that the gates decide by: ours may be wrong.
   */
  read(
    couponId: string,
    load: () => Promise<CouponReading | undefined>,
  ): Promise<CouponReading | undefined>;
  /** The coupon was changed: from now on no reading of an earlier version is given. */
  replace(coupon: Coupon): Promise<void>;
}

/** Asks for the rebuild of a gate, without waiting for it. */
export interface RestoreRequests {
  request(couponId: string): Promise<void>;
}

/** Whether a server did not answer as it should: the next attempt may find it well. */
export function isServerAway(fault: unknown): fault is Error {
  return (
    fault instanceof GateUnavailable ||
    fault instanceof LedgerUnavailable ||
    fault instanceof LogUnavailable ||
    fault instanceof SettingUnavailable
  );
}

/** Whether the protocol expects it: a server is away, or nobody can know what came of it. */
export function isExpectedFault(fault: unknown): fault is Error {
  return (
    isServerAway(fault) ||
    fault instanceof GateOutcomeUnknown ||
    fault instanceof PublishOutcomeUnknown
  );
}
