import type { Fence } from '../../lambdas/domain/fences.ts';
import type { NotificationChoice } from '../../lambdas/domain/notification-choice.ts';
import type { Channel, NotificationEvent } from '../../lambdas/domain/notification.ts';
import type { DecodedBatch } from '../../lambdas/domain/record-plan.ts';

/** One reply to one claim, as the client that sent it saw it. */
export interface RecordedReply {
  readonly couponId: string;
  readonly userId: string;
  readonly idempotencyKey?: string | undefined;
  /** Undefined when the connection ended before there was one: the outcome is unknown. */
  readonly status: number | undefined;
  /** Of a success: the body. */
  readonly issuance?: RepliedIssuance | undefined;
  /** Of a refusal: the problem's code. */
  readonly code?: string | undefined;
  /** By the client's clock, milliseconds since 1970. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** What a success says; later answers may say more. */
export interface RepliedIssuance {
  readonly id: string;
  readonly couponId: string;
  readonly userId: string | null;
  readonly sequence: number;
  readonly acceptedAt: string;
}

/** One reply to one order that asked to redeem an issuance, as the client that sent it saw it. */
export interface RecordedRedeemReply {
  readonly issuanceId: string;
  readonly orderId: string;
  /** Undefined when the connection ended before there was one: the outcome is unknown. */
  readonly status: number | undefined;
  /** Of a success: the body. */
  readonly redemption?: RepliedRedemption | undefined;
  /** Of a refusal: the problem's code. */
  readonly code?: string | undefined;
  /** By the client's clock, milliseconds since 1970. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** The body of a redemption, and of each of its replays. */
export interface RepliedRedemption {
  readonly id: string;
  readonly issuanceId: string;
  readonly orderId: string;
  readonly discount: number;
  readonly payable: number;
  readonly currency: string;
  readonly allocations: readonly number[];
  readonly redeemedAt: string;
}

/** One reply to one rollback. */
export interface RecordedRollbackReply {
  readonly redemptionId: string;
  readonly status: number | undefined;
  /** By the client's clock, milliseconds since 1970. */
  readonly receivedAt: number;
}

/** All that the invariants speak of, read once. */
export interface Facts {
  readonly ledger: LedgerFacts;
  readonly log: LogFacts;
  /** By coupon id. */
  readonly gates: ReadonlyMap<string, GateFacts>;
  readonly replies: readonly RecordedReply[];
  readonly redeemReplies: readonly RecordedRedeemReply[];
  readonly rollbackReplies: readonly RecordedRollbackReply[];
  /** When all this was read, milliseconds since 1970. */
  readonly readAt: number;
}

export interface LedgerFacts {
  readonly coupons: readonly CouponFact[];
  readonly rows: readonly RowFact[];
  /** By coupon id. */
  readonly fences: ReadonlyMap<string, readonly DatedFence[]>;
  readonly quarantine: readonly QuarantineFact[];
  readonly redemptions: readonly RedemptionFact[];
  readonly granted: readonly GrantedFact[];
  readonly notifications: readonly NotificationFact[];
}

export interface CouponFact {
  readonly id: string;
  readonly quantity: number;
  /** The counter. */
  readonly issued: number;
  readonly perUserLimit: number;
  /** Counts its changes. */
  readonly version: number;
  /** Who is told what; undefined for nobody, or if that was changed since it was created. */
  readonly choice?: NotificationChoice | undefined;
  readonly startsAt: number;
  readonly endsAt: number;
}

export interface RowFact {
  readonly id: string;
  readonly couponId: string;
  readonly userKey: string;
  readonly userId: string | null;
  readonly sequence: number;
  readonly epoch: number;
  readonly acceptedAt: number;
  /** As it is written, whatever the time. */
  readonly state: string;
}

export interface RedemptionFact {
  readonly id: string;
  readonly issuanceId: string;
  readonly orderId: string;
  readonly discount: number;
  readonly payable: number;
  readonly currency: string;
  readonly allocations: readonly number[];
  readonly redeemedAt: number;
  readonly live: boolean;
  readonly rolledBackAt: number | null;
}

export interface DatedFence extends Fence {
  readonly storedAt: number;
}

export interface QuarantineFact {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly issuanceId: string | null;
}

/** A user of a grant; what became of them counts like a reply. */
export interface GrantedFact {
  readonly couponId: string;
  readonly userKey: string;
  /** Null while pending. */
  readonly outcome: string | null;
  /** Of those who got one, or had it. */
  readonly issuanceId: string | null;
}

/** What somebody is told, was, or was to be. */
export interface NotificationFact {
  readonly couponId: string;
  readonly event: NotificationEvent;
  readonly channel: Channel;
  /** What it tells of. */
  readonly subject: string;
  readonly issuanceId: string | null;
  readonly state: string;
}

/** The topic from its beginning to its end offsets. */
export interface LogFacts extends LogPositionsFact {
  readonly records: DecodedBatch;
  /** The broker's clock when it appended each record, milliseconds since 1970, by `partition:offset`. */
  readonly sentAt: ReadonlyMap<string, number>;
}

/** By partition. */
export interface LogPositionsFact {
  /** The first offsets that retention has left. */
  readonly starts: ReadonlyMap<number, bigint>;
  readonly ends: ReadonlyMap<number, bigint>;
  /** The record group's; −1 where nothing was committed. */
  readonly committed: ReadonlyMap<number, bigint>;
}

export type GateFacts =
  | {
      readonly kind: 'open';
      /** Of the coupon, as the gate was told last; a change that came to nothing may limit it. */
      readonly version: number;
      readonly isRestricted: boolean;
      /** When its quantity became more for the last time, or it was opened; by its own clock. */
      readonly raisedAt: number;
      readonly quantity: number;
      readonly given: number;
      /** Issuance ids. */
      readonly claims: ReadonlySet<string>;
      readonly pending: ReadonlySet<string>;
    }
  | { readonly kind: 'closed'; readonly why: 'missing' | 'building' | 'foreign' };
