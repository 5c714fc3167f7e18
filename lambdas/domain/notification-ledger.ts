import type { Actor } from './audit.ts';
import type {
  Channel,
  NotificationEvent,
  NotificationFacts,
  NotificationToSend,
} from './notification.ts';

/** `nobody`: there was nobody to tell. `parked`: given up, until an operator says what becomes of it. */
export const NOTIFICATION_STATES = ['waiting', 'sent', 'nobody', 'parked', 'discarded'] as const;
export type NotificationState = (typeof NOTIFICATION_STATES)[number];

/** A notification that is taken, and is this process's to send until {@link takenUntil}. */
export interface DueNotification extends Omit<NotificationToSend, 'facts'> {
  /** It comes again then, unless it is settled. Milliseconds since 1970, by the ledger's clock. */
  readonly takenUntil: number;
  /** Since then it has been due. Milliseconds since 1970, by the ledger's clock. */
  readonly dueSince: number;
  /** This attempt included. */
  readonly tries: number;
  /** Or why there is nobody to tell. */
  readonly facts: NotificationFacts | { readonly nobody: string };
}

/** What has become of a notification that was taken. */
export type Settlement = Pick<DueNotification, 'id' | 'takenUntil'> &
  (
    | { readonly kind: 'sent' }
    | { readonly kind: 'nobody' | 'parked'; readonly reason: string }
    | { readonly kind: 'again'; readonly afterMs: number; readonly reason: string }
    /**
     * Given back, at the cost of neither a try nor its place. `untried`: there was no attempt.
     * `cut`: it was given less time than the channel has.
     */
    | { readonly kind: 'untried' | 'cut'; readonly dueSince: number }
  );

/** By the time since which it is due; of the newest those that were tried least. */
export type DueOrder = 'oldest' | 'newest';

export interface ChannelCounts {
  readonly channel: Channel;
  /** Due, and not yet sent. */
  readonly due: number;
  readonly parked: number;
}

/** PostgreSQL, for those who send. Rejects with LedgerUnavailable. */
export interface NotificationQueue {
  /**
   * Takes notifications that are due, and none that another has. One that is not settled within
   * `ms` comes again.
   */
  take(channel: Channel, count: number, ms: number, order: DueOrder): Promise<DueNotification[]>;
  /** All at once. What another has taken since stays theirs, unless it is sent. */
  settle(settlements: readonly Settlement[]): Promise<void>;
  counts(): Promise<ChannelCounts[]>;
}

/** PostgreSQL, for what nobody's transaction tells of: time passes. Rejects with LedgerUnavailable. */
export interface NotificationPlans {
  /**
   * Goes on planning reminders for a while.
   *
   * @returns whether there is more to plan at once
   */
  planReminders(): Promise<boolean>;
  /** Coupons that are closed or ended, and whose end nobody was told of. */
  endedCoupons(): Promise<EndedCoupon[]>;
  /** Once for each end. */
  tellSummary(ended: EndedCoupon, figures: Readonly<Record<string, number>>): Promise<void>;
}

export interface EndedCoupon {
  readonly id: string;
  /** Of its window: what tells one end from another. Milliseconds since 1970. */
  readonly endsAt: number;
  /** Nobody claims since then: earlier where an operator has closed it. Milliseconds since 1970. */
  readonly overSince: number;
}

/** A channel as its last sender left it. */
export interface ChannelTurn {
  /** Milliseconds until the next may be sent: the rate holds from one sender to the next. */
  readonly waitMs: number;
  /** In a row. */
  readonly failures: number;
}

/** PostgreSQL, for keeping each channel to one sender at a time: their rate's bound, no promise. */
export interface NotificationChannels {
  /** Also renews the holder's own. Undefined while another has it, or it is paused. */
  take(channel: Channel, holder: string, ms: number): Promise<ChannelTurn | undefined>;
  /** @param pauseMs nobody sends for so long */
  release(
    channel: Channel,
    holder: string,
    turn: ChannelTurn & { readonly pauseMs: number },
  ): Promise<void>;
}

/** A notification as operators see it. Times are milliseconds since 1970 (UTC). */
export interface StoredNotification {
  readonly id: string;
  readonly event: NotificationEvent;
  readonly channel: Channel;
  readonly couponId: string;
  readonly issuanceId: string | null;
  readonly redemptionId: string | null;
  readonly figures: Readonly<Record<string, number | string>> | null;
  readonly state: NotificationState;
  readonly tries: number;
  /** Of the last attempt that did not pass. */
  readonly reason: string | null;
  readonly occurredAt: number;
  readonly dueAt: number;
  readonly settledAt: number | null;
  readonly discardedBy: string | null;
}

export interface NotificationQuery {
  readonly state: NotificationState;
  readonly channel: Channel | undefined;
  readonly couponId: string | undefined;
  readonly limit: number;
  /** Only notifications that come after the one with this id. */
  readonly after: string | undefined;
}

export type NotificationDecision =
  | { readonly kind: 'done'; readonly notification: StoredNotification }
  | { readonly kind: 'unknown' }
  /** It was sent: nothing is to be decided any more. */
  | { readonly kind: 'sent' };

/** PostgreSQL, for operators who look after notifications. Rejects with LedgerUnavailable. */
export interface NotificationLog {
  /** The newest first. */
  list(query: NotificationQuery): Promise<StoredNotification[]>;
  /** Has it sent as if it were new, whatever was decided before. One that waits is due at once. */
  replay(id: string, actor: Actor): Promise<NotificationDecision>;
  /** It is never sent. Who discarded it first, and when, stays. */
  discard(id: string, actor: Actor): Promise<NotificationDecision>;
}
