import { alignGate } from './align-gate.ts';
import type { Coupon } from './coupon.ts';
import { mayHaveGate } from './coupon.ts';
import type { Clock } from './deadline.ts';
import { deadlineAfter, isPast } from './deadline.ts';
import type { Fence } from './fences.ts';
import { undrained } from './fences.ts';
import type { FillSettings } from './fill-gate.ts';
import { fillGate } from './fill-gate.ts';
import type { GateClosure, GateStatus } from './gate.ts';
import type { LogPositions, RestoreLeases, RestoreLedger, StockGate } from './ports.ts';

export interface RestoreSettings extends FillSettings {
  /** The publish budget, the replicas' lag and a margin: who passed the old gate has ended by then. */
  readonly settleMs: number;
  /** How long to wait for the record group to reach the fence before giving up until next time. */
  readonly drainMs: number;
  readonly drainPollMs: number;
  /** How long one rebuild may keep others from starting. */
  readonly leaseMs: number;
}

export interface RestoreDependencies {
  readonly gate: StockGate;
  readonly ledger: RestoreLedger;
  readonly leases: RestoreLeases;
  readonly log: LogPositions;
  readonly clock: Clock;
  /** Tells rebuilders apart. */
  readonly holder: string;
  readonly settings: RestoreSettings;
  /** Told why a gate is built anew, each time a rebuild begins: an operator wants to know. */
  readonly onRebuild?: (why: GateClosure | 'superseded', epoch: number) => void;
}

export type RestoreResult =
  | 'opened'
  | 'already_open'
  /** It was open, and obeys the coupon's present terms again: a change had stopped halfway. */
  | 'aligned'
  /** Someone else is at it, or the record group has not caught up: ask again. */
  | 'waiting'
  /** Another rebuild began meanwhile: it goes on, this one does not. */
  | 'superseded'
  | 'ended'
  | 'unknown_coupon';

/**
 * Opens a coupon's gate, or builds it again from the ledger after it was lost; one that is open
 * with other terms than the coupon's is told them. Killed anywhere, it goes on or begins anew at
 * the next call; of several at once at most one opens the gate.
 */
export async function restoreGate(
  couponId: string,
  dependencies: RestoreDependencies,
): Promise<RestoreResult> {
  const before = await look(couponId, dependencies);
  if (typeof before === 'string') return before;
  const lease = await takeLease(couponId, dependencies);
  if (lease === undefined) return 'waiting';
  try {
    // Someone else may have opened it while this one waited for the lease.
    const now = await look(couponId, dependencies);
    return typeof now === 'string' ? now : await rebuild(now, lease, dependencies);
  } finally {
    // It runs out by itself; the result of the rebuild is what counts.
    await dependencies.leases.release(couponId, dependencies.holder).catch(() => undefined);
  }
}

interface ClosedGate {
  readonly coupon: Coupon;
  readonly status: GateStatus;
}

async function look(
  couponId: string,
  { gate, ledger, settings }: RestoreDependencies,
): Promise<ClosedGate | RestoreResult> {
  const reading = await ledger.findCoupon(couponId);
  if (reading === undefined) return 'unknown_coupon';
  const { coupon, readAt } = reading;
  if (!mayHaveGate(coupon, readAt, settings.forgetAfterMs)) return 'ended';
  const status = await gate.status(couponId);
  if (status.kind === 'open' && status.epoch === coupon.epoch) {
    if (status.version === coupon.version && !status.restricted) return 'already_open';
    const { kind } = await alignGate(couponId, status, { gate, ledger, settings });
    if (kind === 'applied') return 'aligned';
    if (kind === 'current') return 'already_open';
    if (kind === 'stale' || kind === 'restricted') return 'waiting';
  }
  // PostgreSQL may have lost its last commits to a standby that took over.
  if (status.version <= coupon.version) return { coupon, status };
  return { coupon: await ledger.raiseVersion(couponId, { ...status, restricted: false }), status };
}

/** Renews the lease when it is due. Losing it stops nothing: it is there for economy only. */
type Renew = () => Promise<void>;

async function takeLease(
  couponId: string,
  { leases, clock, holder, settings }: RestoreDependencies,
): Promise<Renew | undefined> {
  if (!(await leases.take(couponId, holder, settings.leaseMs))) return undefined;
  let renewedAt = clock.monotonic();
  return async () => {
    if (clock.monotonic() - renewedAt < settings.leaseMs / 4) return;
    renewedAt = clock.monotonic();
    await leases.take(couponId, holder, settings.leaseMs).catch(() => false);
  };
}

async function rebuild(
  { coupon, status }: ClosedGate,
  renew: Renew,
  dependencies: RestoreDependencies,
): Promise<RestoreResult> {
  const begun = await beginOrResume(coupon, status, dependencies);
  if (begun === undefined) return 'superseded';
  if (begun.fence !== undefined && !(await drain(begun.fence, renew, dependencies))) {
    return 'waiting';
  }
  return dependencies.ledger.withLockedCoupon(coupon.id, async (locked) => {
    if (locked.coupon.epoch !== begun.epoch) return 'superseded';
    const { gate, settings } = dependencies;
    return (await fillGate(locked, gate, settings, renew)) ? 'opened' : 'superseded';
  });
}

/** The epoch being built, and the fence to drain to: none where no gate was ever open before. */
interface Begun {
  readonly epoch: number;
  readonly fence: Fence | undefined;
}

async function beginOrResume(
  coupon: Coupon,
  status: GateStatus,
  dependencies: RestoreDependencies,
): Promise<Begun | undefined> {
  const { gate, ledger, log, clock, settings, onRebuild } = dependencies;
  if (status.kind === 'closed' && status.buildingEpoch === coupon.epoch) {
    // An earlier rebuild came as far as its fence and stopped: its marker still keeps the gate.
    const fence = await ledger.findFence(coupon.id, coupon.epoch);
    if (fence !== undefined) return { epoch: coupon.epoch, fence };
  }
  // An open gate is rebuilt when PostgreSQL has begun an epoch past its own.
  const why = status.kind === 'closed' ? status.why : 'superseded';
  const epoch = await ledger.beginEpoch(coupon.id, why);
  onRebuild?.(why, epoch);
  if (!(await gate.beginBuilding(coupon.id, epoch))) return undefined;
  // Before the first gate nothing can have been accepted, so there is nothing to wait for.
  if (epoch === 1) return { epoch, fence: undefined };
  await clock.sleep(settings.settleMs);
  const endOffsets = await log.endOffsets();
  const fence = await ledger.storeFence(coupon.id, { epoch, topic: log.topic, endOffsets });
  return fence === undefined ? undefined : { epoch, fence };
}

/** Waits until the record group has committed up to the fence; false if it takes too long. */
async function drain(
  fence: Fence,
  renew: Renew,
  { log, clock, settings }: RestoreDependencies,
): Promise<boolean> {
  const deadline = deadlineAfter(clock, settings.drainMs);
  while (undrained(fence, await log.committedOffsets()).length > 0) {
    if (isPast(clock, deadline)) return false;
    await clock.sleep(settings.drainPollMs);
    await renew();
  }
  return true;
}
