import { alignGate, gateTerms } from './align-gate.ts';
import type { Actor, AuditEntry } from './audit.ts';
import type { Coupon } from './coupon.ts';
import { mayHaveGate } from './coupon.ts';
import type { ChangeRefusal, Propose, Proposal } from './coupon-changes.ts';
import { difference, limitOf } from './coupon-changes.ts';
import type { ApplyOutcome } from './gate.ts';
import type {
  ChangeDecision,
  CouponCache,
  CouponChanges,
  CouponReading,
  RestoreRequests,
  StockGate,
} from './ports.ts';

export interface ChangeDependencies {
  readonly gate: Pick<StockGate, 'apply'>;
  readonly ledger: CouponChanges;
  readonly cache: Pick<CouponCache, 'replace'>;
  readonly restores: RestoreRequests;
  readonly settings: {
    /** From the end of the issue window until Valkey may forget the gate. */
    readonly forgetAfterMs: number;
  };
  /** Told of what the caller need not know. */
  readonly onFault: (what: string, error: unknown) => void;
}

export type ChangeOutcome =
  | { readonly kind: 'done'; readonly reading: CouponReading }
  | { readonly kind: 'unknown_coupon' }
  | { readonly kind: 'gate_closed' }
  | ChangeRefusal;

/**
 * Changes a coupon in PostgreSQL and at its gate, so that the gate never gives what PostgreSQL does
 * not have: what is taken away is taken from the gate first, what is added is added to it last.
 *
 * Rejects with the ports' errors when a server is away or an outcome is unknown. Asking again is
 * safe and completes the change; so does the next restore, if nobody asks.
 */
export async function changeCoupon(
  couponId: string,
  propose: Propose,
  actor: Actor,
  dependencies: ChangeDependencies,
): Promise<ChangeOutcome> {
  const { ledger, cache, onFault } = dependencies;
  const changed = await ledger.changeCoupon(couponId, (reading) =>
    decide(reading, propose(reading), actor, dependencies),
  );
  if (changed === undefined) return { kind: 'unknown_coupon' };
  if (changed.kind === 'refused') {
    if (changed.refusal.kind === 'gate_closed') await requestRestore(couponId, dependencies);
    return changed.refusal;
  }
  const { reading } = changed;
  // A cache that misses this shows the old coupon for a second or so.
  const replaced = cache.replace(reading.coupon).catch((error: unknown) => {
    onFault('coupon cache', error);
  });
  const [obeys] = await Promise.all([tellGate(reading, dependencies), replaced]);
  return obeys ? { kind: 'done', reading } : { kind: 'gate_closed' };
}

type Refusal = ChangeRefusal | { readonly kind: 'gate_closed' };

/** Under the coupon's row lock: no other change, rebuild or record gets in between. */
async function decide(
  { coupon, readAt }: CouponReading,
  proposal: Proposal,
  actor: Actor,
  { gate, settings }: ChangeDependencies,
): Promise<ChangeDecision<Refusal>> {
  if (proposal.kind === 'refused') return { kind: 'refuse', refusal: proposal.refusal };
  const { terms, action } = proposal;
  const details = difference(coupon, terms);
  if (details === undefined) return { kind: 'keep' };

  const limit = limitOf(coupon, terms);
  const hadGate = coupon.epoch > 0 && mayHaveGate(coupon, readAt, settings.forgetAfterMs);
  // Before the first gate and after the last one the rows say what is given.
  if (limit !== undefined && hadGate) {
    const told = await gate.apply(coupon.id, gateTerms(coupon, settings.forgetAfterMs), limit);
    const refusal = refusalOf(told);
    if (refusal !== undefined) return { kind: 'refuse', refusal };
  }
  const audit: AuditEntry = { actor, action, couponId: coupon.id, details };
  return { kind: 'write', terms, audit };
}

function refusalOf(told: ApplyOutcome): Refusal | undefined {
  if (told.kind === 'applied') return undefined;
  if (told.kind === 'below_given' || told.kind === 'end_past') return told;
  // Only an open gate of this coupon can tell how much it has given.
  return { kind: 'gate_closed' };
}

/**
 * Has the gate obey the coupon as it is in PostgreSQL now. A closed gate gives nothing, and opens
 * with what PostgreSQL says by then. False if the gate may go on with other terms.
 */
async function tellGate(
  { coupon, readAt }: CouponReading,
  dependencies: ChangeDependencies,
): Promise<boolean> {
  const { gate, settings } = dependencies;
  if (!mayHaveGate(coupon, readAt, settings.forgetAfterMs)) return true;
  const told = await gate.apply(coupon.id, gateTerms(coupon, settings.forgetAfterMs));
  const outcome = await outrun(coupon, told, dependencies);
  if (outcome.kind === 'applied' || outcome.kind === 'current') return true;
  await requestRestore(coupon.id, dependencies);
  return outcome.kind === 'closed';
}

/** The gate has heard of this version, or of later ones, and does not do what it says. */
async function outrun(
  coupon: Coupon,
  told: ApplyOutcome,
  dependencies: ChangeDependencies,
): Promise<ApplyOutcome> {
  if (told.kind === 'stale') {
    return alignGate(coupon.id, { version: told.version, restricted: false }, dependencies);
  }
  if (told.kind === 'restricted') {
    return alignGate(coupon.id, { version: coupon.version, restricted: true }, dependencies);
  }
  return told;
}

async function requestRestore(
  couponId: string,
  { restores, onFault }: ChangeDependencies,
): Promise<void> {
  try {
    await restores.request(couponId);
  } catch (error) {
    onFault('restore request', error);
  }
}
