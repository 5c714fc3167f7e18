import type { Actor, AuditEntry } from '../../lambdas/domain/audit.ts';
import type { Coupon, CouponDefinition } from '../../lambdas/domain/coupon.ts';
import { couponState, validPeriod } from '../../lambdas/domain/coupon.ts';
import type { Fence } from '../../lambdas/domain/fences.ts';
import type { RecordedIssuance } from '../../lambdas/domain/issuance.ts';
import { issuanceState } from '../../lambdas/domain/issuance.ts';
import type {
  ChangeDecision,
  ChangedCoupon,
  CouponChanges,
  CouponLedger,
  CouponQuery,
  CouponReading,
  IssuanceLedger,
  LoadedClaim,
  LockedCoupon,
  RecordLedger,
  RestoreLeases,
  RestoreLedger,
} from '../../lambdas/domain/ports.ts';
import type {
  BatchSummary,
  DecodedBatch,
  LogEntry,
  PlannedInsert,
  QuarantinedEntry,
} from '../../lambdas/domain/record-plan.ts';
import {
  decodeBatch,
  inOffsetOrder,
  placeOf,
  planBatch,
} from '../../lambdas/domain/record-plan.ts';

type Row = RecordedIssuance & { readonly userKey: string };
type Refusal = 'duplicate' | 'overflow' | 'conflict' | undefined;

/** The ledger in memory; the contract suite holds it to what PostgreSQL does. */
export class MemoryLedger
  implements CouponLedger, CouponChanges, IssuanceLedger, RecordLedger, RestoreLedger, RestoreLeases
{
  readonly rows = new Map<string, Row>();
  readonly quarantine = new Map<string, QuarantinedEntry>();
  readonly audit: AuditEntry[] = [];
  readonly #coupons = new Map<string, Coupon>();
  readonly #fences = new Map<string, Fence[]>();
  readonly #leases = new Map<string, { holder: string; until: number }>();
  readonly #locks = new Map<string, Promise<unknown>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  createCoupon(id: string, given: CouponDefinition, _actor: Actor): Promise<Coupon> {
    const there = this.#coupons.get(id);
    if (there) return Promise.resolve(there);
    const fresh = { control: 'active', version: 1, epoch: 0, issued: 0 } as const;
    const coupon: Coupon = { ...given, ...fresh, id, createdAt: this.#now() };
    this.#coupons.set(id, coupon);
    return Promise.resolve(coupon);
  }

  findCoupon(id: string): Promise<CouponReading | undefined> {
    const coupon = this.#coupons.get(id);
    return Promise.resolve(coupon && { coupon, readAt: this.#now() });
  }

  listCoupons({ state, limit, after }: CouponQuery): Promise<CouponReading[]> {
    const key = ({ createdAt, id }: Pick<Coupon, 'createdAt' | 'id'>): string =>
      `${String(createdAt).padStart(16, '0')} ${id}`;
    const found = [...this.#coupons.values()]
      .filter((coupon) => after === undefined || key(coupon) < key(after))
      .filter((coupon) => state === undefined || couponState(coupon, this.#now()) === state)
      .toSorted((a, b) => (key(a) < key(b) ? 1 : -1))
      .slice(0, limit);
    return Promise.resolve(found.map((coupon) => ({ coupon, readAt: this.#now() })));
  }

  fencesOf(couponId: string): readonly Fence[] {
    return this.#fences.get(couponId) ?? [];
  }

  /** As it is at this moment. */
  look(couponId: string): Coupon {
    const coupon = this.#coupons.get(couponId);
    if (coupon === undefined) throw new Error(`there is no coupon ${couponId}`);
    return coupon;
  }

  changeCoupon<Refusal>(
    couponId: string,
    decide: (reading: CouponReading) => Promise<ChangeDecision<Refusal>>,
  ): Promise<ChangedCoupon<Refusal> | undefined> {
    if (!this.#coupons.has(couponId)) return Promise.resolve(undefined);
    return this.#locked(couponId, async (coupon) => {
      const reading = { coupon, readAt: this.#now() };
      const decision = await decide(reading);
      if (decision.kind === 'refuse') return { kind: 'refused', refusal: decision.refusal };
      if (decision.kind === 'keep') return { kind: 'stands', reading };
      const changed = { ...coupon, ...decision.terms, version: coupon.version + 1 };
      if (changed.quantity < coupon.issued) throw new Error('never_more_than_the_quantity');
      this.#coupons.set(couponId, changed);
      this.audit.push(decision.audit);
      return { kind: 'stands', reading: { coupon: changed, readAt: this.#now() } };
    });
  }

  raiseVersion(
    couponId: string,
    gate: { readonly version: number; readonly restricted: boolean },
  ): Promise<Coupon> {
    return this.#locked(couponId, (coupon) => {
      const isNews = coupon.version > gate.version;
      const isSame = coupon.version === gate.version && !gate.restricted;
      const raised = isNews || isSame ? coupon : { ...coupon, version: gate.version + 1 };
      this.#coupons.set(couponId, raised);
      return Promise.resolve(raised);
    });
  }

  findIssuance(id: string): Promise<RecordedIssuance | undefined> {
    const row = this.rows.get(id);
    if (row === undefined) return Promise.resolve(undefined);
    const { userKey: _userKey, ...issuance } = row;
    // Here nothing is redeemed: only time makes a difference.
    const state = issuanceState({ ...issuance, state: 'issued' }, this.#now());
    return Promise.resolve({ ...issuance, state });
  }

  /** Waits for the coupons' locks, as its transaction does for their counters. */
  storeBatch(entries: readonly LogEntry[]): Promise<BatchSummary> {
    const batch = decodeBatch(entries);
    const ids = new Set(batch.readable.map(({ record }) => record.couponId));
    const known = [...ids].filter((id) => this.#coupons.has(id)).toSorted();
    const store = known.reduceRight<() => Promise<BatchSummary>>(
      (work, id) => () => this.#locked(id, work),
      () => Promise.resolve(this.#store(batch)),
    );
    return store();
  }

  #store(batch: DecodedBatch): BatchSummary {
    const fences = new Map([...this.#coupons.keys()].map((id) => [id, this.#fences.get(id) ?? []]));
    const plan = planBatch(batch, fences, new Set(this.quarantine.keys()));
    const quarantined = [...plan.quarantined];
    const acceptedAt: number[] = [];
    let duplicates = 0;
    for (const planned of inOffsetOrder(plan.inserts)) {
      const refusal = this.#refusal(planned);
      if (refusal === undefined) {
        this.#insert(planned);
        acceptedAt.push(planned.record.acceptedAt);
      } else if (refusal === 'duplicate') duplicates += 1;
      else quarantined.push({ ...planned, reason: refusal, detail: refusal });
    }
    for (const entry of quarantined) this.#quarantine(entry);
    return {
      inserted: acceptedAt.length,
      acceptedAt,
      duplicates,
      late: plan.late.map(({ entry, record }) => ({ issuanceId: record.id, position: entry })),
      quarantined: quarantined.map(({ entry, reason }) => ({ reason, position: entry })),
      told: [],
    };
  }

  #refusal({ record }: PlannedInsert): Refusal {
    const coupon = this.#coupons.get(record.couponId);
    if (this.rows.has(record.id)) return 'duplicate';
    if (coupon === undefined || coupon.issued >= coupon.quantity) return 'overflow';
    const sameOrdinal = [...this.rows.values()].some(
      (row) =>
        row.couponId === record.couponId &&
        row.userKey === record.userKey &&
        row.ordinal === record.ordinal,
    );
    return sameOrdinal ? 'conflict' : undefined;
  }

  #insert({ record }: PlannedInsert): void {
    const coupon = this.#coupons.get(record.couponId);
    if (coupon === undefined) return;
    const { from, until } = validPeriod(coupon.validity, record.acceptedAt);
    this.rows.set(record.id, {
      ...record,
      state: 'issued',
      code: `code of ${record.id}`,
      issuedAt: this.#now(),
      validFrom: from,
      validUntil: until,
    });
    this.#coupons.set(coupon.id, { ...coupon, issued: coupon.issued + 1 });
  }

  #quarantine(quarantined: QuarantinedEntry): void {
    const place = placeOf(quarantined.entry);
    if (!this.quarantine.has(place)) this.quarantine.set(place, quarantined);
  }

  couponIdsEndingSince(graceMs: number): Promise<string[]> {
    const since = this.#now() - graceMs;
    const live = [...this.#coupons.values()].filter(({ issueEndsAt }) => issueEndsAt > since);
    return Promise.resolve(live.map(({ id }) => id).toSorted());
  }

  take(couponId: string, holder: string, ms: number): Promise<boolean> {
    const lease = this.#leases.get(couponId);
    if (lease && lease.holder !== holder && lease.until >= this.#now()) {
      return Promise.resolve(false);
    }
    this.#leases.set(couponId, { holder, until: this.#now() + ms });
    return Promise.resolve(true);
  }

  release(couponId: string, holder: string): Promise<void> {
    if (this.#leases.get(couponId)?.holder === holder) this.#leases.delete(couponId);
    return Promise.resolve();
  }

  beginEpoch(couponId: string): Promise<number> {
    return this.#locked(couponId, (coupon) => {
      const epoch = coupon.epoch + 1;
      this.#coupons.set(couponId, { ...coupon, epoch });
      return Promise.resolve(epoch);
    });
  }

  storeFence(couponId: string, fence: Fence): Promise<Fence | undefined> {
    return this.#locked(couponId, async (coupon) => {
      if (coupon.epoch !== fence.epoch) return undefined;
      const known = await this.findFence(couponId, fence.epoch);
      if (known) return known;
      this.#fences.set(couponId, [...(this.#fences.get(couponId) ?? []), fence]);
      return fence;
    });
  }

  findFence(couponId: string, epoch: number): Promise<Fence | undefined> {
    const fences = this.#fences.get(couponId) ?? [];
    return Promise.resolve(fences.find((fence) => fence.epoch === epoch));
  }

  withLockedCoupon<T>(couponId: string, work: (locked: LockedCoupon) => Promise<T>): Promise<T> {
    return this.#locked(couponId, (coupon) =>
      work({
        coupon,
        issuances: (size) => this.#issuances(couponId, size),
        noteOpened: () => Promise.resolve(),
      }),
    );
  }

  async *#issuances(couponId: string, size: number): AsyncGenerator<LoadedClaim[]> {
    const rows = [...this.rows.values()].filter((row) => row.couponId === couponId);
    for (let i = 0; i < rows.length; i += size) {
      yield await Promise.resolve(rows.slice(i, i + size).map(toLoadedClaim));
    }
  }

  /** One at a time for each coupon, as by its row's lock. */
  async #locked<T>(couponId: string, work: (coupon: Coupon) => Promise<T>): Promise<T> {
    const before = this.#locks.get(couponId) ?? Promise.resolve();
    const run = before.then(() => {
      const coupon = this.#coupons.get(couponId);
      if (coupon === undefined) throw new Error(`coupon ${couponId} is gone`);
      return work(coupon);
    });
    this.#locks.set(
      couponId,
      run.catch(() => undefined),
    );
    return run;
  }
}

function toLoadedClaim(row: Row): LoadedClaim {
  const { id, couponId, userId, userKey, ordinal, sequence, acceptedAt, epoch } = row;
  return { id, couponId, userId, userKey, ordinal, sequence, acceptedAt, epoch };
}
