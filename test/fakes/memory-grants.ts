import type { Actor } from '../../lambdas/domain/audit.ts';
import type { Coupon, CouponControl } from '../../lambdas/domain/coupon.ts';
import { couponState } from '../../lambdas/domain/coupon.ts';
import type { Grant, GrantOutcome } from '../../lambdas/domain/grant.ts';
import type {
  GrantCreation,
  GrantLease,
  GrantLedger,
  GrantOrder,
  GrantUser,
  GrantWork,
  OpenGrant,
  SettledUser,
} from '../../lambdas/domain/grant-ledger.ts';
import type { CouponLedger } from '../../lambdas/domain/ports.ts';

interface StoredGrant {
  readonly order: GrantOrder;
  readonly createdAt: number;
  finishedAt: number | undefined;
  readonly outcomes: Map<number, GrantOutcome>;
}

/** Grants in memory; the contract suite holds them to what PostgreSQL does. */
export class MemoryGrants implements GrantLedger, GrantWork, GrantLease {
  /** The operator's hand on coupons, where it is not `active`. */
  readonly controls = new Map<string, CouponControl>();
  readonly #grants = new Map<string, StoredGrant>();
  readonly #coupons: Pick<CouponLedger, 'findCoupon'>;
  readonly #now: () => number;
  #lease = { holder: '', until: Number.NEGATIVE_INFINITY };

  constructor(now: () => number, coupons: Pick<CouponLedger, 'findCoupon'>) {
    this.#now = now;
    this.#coupons = coupons;
  }

  async createGrant(order: GrantOrder, _actor: Actor): Promise<GrantCreation> {
    const known = this.#grants.get(order.id);
    if (known) return { kind: 'there', grant: toGrant(known) };
    const coupon = await this.#coupon(order.couponId);
    if (coupon === undefined) return { kind: 'unknown_coupon' };
    const state = couponState(coupon, this.#now());
    if (state === 'closed') return { kind: 'refused', reason: 'coupon_closed' };
    if (state === 'ended') return { kind: 'refused', reason: 'issue_ended' };
    const fresh = { order, createdAt: this.#now(), finishedAt: undefined, outcomes: new Map() };
    this.#grants.set(order.id, fresh);
    return { kind: 'there', grant: toGrant(fresh) };
  }

  /** What became of each user of all grants so far; undefined: pending. */
  outcomes(): { couponId: string; userKey: string; outcome: GrantOutcome | undefined }[] {
    return [...this.#grants.values()].flatMap(({ order, outcomes }) =>
      order.users.map(({ key }, i) => ({
        couponId: order.couponId,
        userKey: key,
        outcome: outcomes.get(i + 1),
      })),
    );
  }

  findGrant(id: string): Promise<Grant | undefined> {
    const grant = this.#grants.get(id);
    return Promise.resolve(grant && toGrant(grant));
  }

  async openGrants(): Promise<OpenGrant[]> {
    const open: OpenGrant[] = [];
    for (const { order, createdAt, finishedAt } of this.#grants.values()) {
      const coupon = await this.#coupon(order.couponId);
      const state = coupon && couponState(coupon, this.#now());
      const isAsked = state !== 'paused' && state !== 'scheduled';
      if (finishedAt === undefined && isAsked) {
        open.push({ id: order.id, couponId: order.couponId, createdAt });
      }
    }
    return open.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  pendingUsers(grantId: string, count: number): Promise<GrantUser[]> {
    const { order, outcomes } = this.#stored(grantId);
    const pending = order.users
      .map(({ id }, i) => ({ position: i + 1, userId: id }))
      .filter(({ position }) => !outcomes.has(position));
    return Promise.resolve(pending.slice(0, count));
  }

  settle(grantId: string, users: readonly SettledUser[]): Promise<boolean> {
    const grant = this.#stored(grantId);
    for (const { position, outcome } of users) {
      const known = grant.outcomes.get(position);
      const isBetter = known !== undefined && !('issuanceId' in known) && 'issuanceId' in outcome;
      if (known === undefined || isBetter) grant.outcomes.set(position, outcome);
    }
    if (grant.outcomes.size === grant.order.users.length) grant.finishedAt ??= this.#now();
    return Promise.resolve(grant.finishedAt !== undefined);
  }

  take(holder: string, ms: number): Promise<boolean> {
    const isFree = this.#lease.until < this.#now() || this.#lease.holder === holder;
    if (isFree) this.#lease = { holder, until: this.#now() + ms };
    return Promise.resolve(isFree);
  }

  release(holder: string): Promise<void> {
    if (this.#lease.holder === holder) this.#lease.until = Number.NEGATIVE_INFINITY;
    return Promise.resolve();
  }

  #stored(id: string): StoredGrant {
    const grant = this.#grants.get(id);
    if (grant === undefined) throw new Error(`no grant ${id}`);
    return grant;
  }

  async #coupon(id: string): Promise<Coupon | undefined> {
    const coupon = (await this.#coupons.findCoupon(id))?.coupon;
    return coupon && { ...coupon, control: this.controls.get(id) ?? coupon.control };
  }
}

function toGrant({ order, createdAt, finishedAt, outcomes }: StoredGrant): Grant {
  const count = (kind: GrantOutcome['kind']): number =>
    [...outcomes.values()].filter((outcome) => outcome.kind === kind).length;
  return {
    id: order.id,
    couponId: order.couponId,
    total: order.users.length,
    duplicates: order.duplicates,
    outcomes: {
      accepted: count('accepted'),
      already_had: count('already_had'),
      sold_out: count('sold_out'),
      issue_ended: count('issue_ended'),
      coupon_closed: count('coupon_closed'),
      user_limit_reached: count('user_limit_reached'),
      erased: 0,
    },
    pending: order.users.length - outcomes.size,
    createdAt,
    finishedAt,
  };
}
