/** What an operator or a service did, named by the thing and the verb. */
export type AuditAction =
  | 'coupon.created'
  | 'coupon.changed'
  | 'coupon.paused'
  | 'coupon.resumed'
  | 'coupon.closed'
  | 'issuance.revoked'
  | 'redemption.rolled_back'
  | 'grant.created'
  | 'quarantine.discarded'
  | 'notification.replayed'
  | 'notification.discarded'
  | 'user.erased'
  | 'issuances.exported';

/** Who does it: the token's subject, and the request by which it came. */
export interface Actor {
  readonly id: string;
  readonly requestId: string;
}

export interface AuditEntry {
  readonly actor: Actor;
  readonly action: AuditAction;
  readonly couponId?: string | undefined;
  /** The id of what it was done to, where that is not the coupon itself; of a user the key. */
  readonly subject?: string | undefined;
  /** Fields with their values before and after; no code and no personal datum. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}
