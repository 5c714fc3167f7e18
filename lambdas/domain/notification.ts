import { PlainFault } from './fault-words.ts';

/** What people are told, by which way, and what the ways answer. */

/** Told to the user whose issuance it is. */
export const USER_EVENTS = ['issued', 'redeemed', 'rolled_back', 'expiring'] as const;
/** Told to those who run the event. */
export const OPERATOR_EVENTS = [
  'sold_out',
  'gate_closed',
  'gate_opened',
  'quarantined',
  'summary',
] as const;

export type UserEvent = (typeof USER_EVENTS)[number];
export type OperatorEvent = (typeof OPERATOR_EVENTS)[number];
export type NotificationEvent = UserEvent | OperatorEvent;

/** `email` reaches users; `slack` and `sns` operators; `webhook` the shop's own systems, of both. */
export const CHANNELS = ['email', 'sns', 'slack', 'webhook'] as const;
export type Channel = (typeof CHANNELS)[number];

export type Language = 'en' | 'ko';

/** Subject and body with `{{name}}` placeholders; what they may name: {@link NotificationFacts}. */
export interface NotificationTemplate {
  readonly subject: string;
  readonly body: string;
}

/** What an operator decides about one coupon's notifications. Nobody is told anything without it. */
export interface CouponNotifications {
  readonly users?: {
    readonly channels: readonly ('email' | 'webhook')[];
    readonly events: readonly UserEvent[];
    /** Hours before the end of an issuance's validity at which `expiring` is told. */
    readonly remindHoursBefore?: number;
  };
  readonly operators?: {
    readonly channels: readonly ('slack' | 'sns' | 'webhook')[];
    readonly events: readonly OperatorEvent[];
  };
  /** In place of the texts that come with the product. */
  readonly templates?: Partial<
    Record<NotificationEvent, Partial<Record<Language, NotificationTemplate>>>
  >;
}

/**
 * What is known when a notification is sent, read from the ledger at that moment: nothing of it is
 * kept with the notification, so an erasure need not look there. Times are milliseconds since 1970.
 */
export interface NotificationFacts {
  readonly couponId: string;
  readonly couponName: string;
  /** Of user events. */
  readonly issuance?: {
    readonly id: string;
    readonly userId: string;
    /** The secret code: it goes to its owner only, by e-mail, and into no log. */
    readonly code: string;
    readonly validUntil: number;
    readonly orderId?: string;
  };
  /** Of operator events: counts, reasons, times; no personal datum. */
  readonly figures?: Readonly<Record<string, number | string>>;
}

/** One notification on its way through one channel. */
export interface NotificationToSend {
  /** The same at every attempt: receivers tell a repetition by it. */
  readonly id: string;
  readonly channel: Channel;
  readonly event: NotificationEvent;
  /** When it happened, milliseconds since 1970. */
  readonly occurredAt: number;
  readonly facts: NotificationFacts;
  readonly templates: CouponNotifications['templates'];
  /** Of the claim, if it is known: logs tell by it what belongs together. */
  readonly requestId?: string;
}

export type SendOutcome =
  | { readonly kind: 'sent' }
  /** It may pass later; the channel may say when. */
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs?: number }
  /**
   * No attempt will ever pass: the address does not exist, the message is refused. Where the channel
   * was not asked, it says nothing of the channel.
   */
  | { readonly kind: 'rejected'; readonly reason: string; readonly isUnasked?: true }
  /** There is nobody to tell: the user was erased, or has no address. */
  | { readonly kind: 'nobody'; readonly reason: string };

/**
 * One channel. It never rejects: whatever happens is an outcome, whose reason names no person, no
 * address and no secret.
 */
export interface NotificationSender {
  /** @param signal aborts when the time for this attempt is over: the outcome is then `failed` */
  send(notification: NotificationToSend, signal: AbortSignal): Promise<SendOutcome>;
}

/** The channels that this environment has. */
export type NotificationSenders = Readonly<Partial<Record<Channel, NotificationSender>>>;

/** The shop's user service: who knows a user's address. */
export interface UserDirectory {
  /**
   * Undefined for a user it does not know or who has no address.
   * @throws DirectoryUnavailable
   * @throws ContactUnusable
   */
  find(userId: string, signal: AbortSignal): Promise<UserContact | undefined>;
}

export interface UserContact {
  readonly email: string;
  readonly language: Language;
}

/** The user service refuses this user, or knows no address for them that can be used. */
export class ContactUnusable extends PlainFault {
  override readonly name = 'ContactUnusable';
}

/** The user service did not answer as it should. */
export class DirectoryUnavailable extends PlainFault {
  override readonly name = 'DirectoryUnavailable';
}
