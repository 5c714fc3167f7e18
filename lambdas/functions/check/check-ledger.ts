import type { Clock } from '../../domain/deadline.ts';
import type { GateStatus } from '../../domain/gate.ts';
import type { CheckLedger, CheckSettings, CouponUnits, Drift } from '../../domain/ledger-check.ts';
import { driftOf, driftOfBoth, sizeOf } from '../../domain/ledger-check.ts';
import type { StockGate } from '../../domain/ports.ts';
import type { CountedLog } from './count-unrecorded.ts';
import { countUnrecorded } from './count-unrecorded.ts';

export interface CheckDependencies {
  readonly ledger: CheckLedger;
  readonly gate: Pick<StockGate, 'status' | 'find'>;
  readonly log: CountedLog;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly settings: CheckSettings;
  readonly onFault: (what: string, error: unknown) => void;
}

/** A coupon as it was found. */
export interface CheckedCoupon extends CouponUnits {
  /** Undefined where it did not answer. */
  readonly gate: GateStatus | undefined;
  /** Undefined where nothing is sure. */
  readonly drift: Drift | undefined;
}

/**
 * Compares gate, log and ledger of each coupon that is claimed, or was until lately. What does not
 * add up is told only if a second reading says the same. Rejects with LedgerUnavailable.
 */
export async function checkLedger(dependencies: CheckDependencies): Promise<CheckedCoupon[]> {
  const { clock, settings } = dependencies;
  const first = await readAll(dependencies);
  const drifting = first.filter(({ drift }) => drift !== undefined && sizeOf(drift) > 0);
  if (drifting.length === 0) return first;
  await clock.sleep(settings.againMs);
  const again = await readAll(dependencies);
  const coupons = again.map((coupon) => {
    const before = first.find(({ couponId }) => couponId === coupon.couponId)?.drift;
    const { drift } = coupon;
    return { ...coupon, drift: before && drift && driftOfBoth(before, drift) };
  });
  return withoutQuarantined(coupons, dependencies);
}

/** In this order: see {@link driftOf}. */
async function readAll({
  ledger,
  gate,
  log,
  settings,
  onFault,
}: CheckDependencies): Promise<CheckedCoupon[]> {
  const before = await ledger.readUnits(settings.endedMs);
  const gates = await Promise.all(
    before.map(({ couponId }) =>
      gate.status(couponId).catch((error: unknown) => {
        onFault('gate to be checked', error);
        return undefined;
      }),
    ),
  );
  const unrecorded = await countUnrecorded(log).catch((error: unknown) => {
    onFault('log to be checked', error);
    return undefined;
  });
  const after = new Map(
    (await ledger.readUnits(settings.endedMs)).map((units) => [units.couponId, units]),
  );
  return before.map((units, i): CheckedCoupon => {
    const status = gates[i];
    const last = after.get(units.couponId);
    const isComplete = status !== undefined && unrecorded !== undefined && last !== undefined;
    return {
      ...units,
      gate: status,
      drift: isComplete
        ? driftOf({ before: units, gate: status, unrecorded, after: last })
        : undefined,
    };
  });
}

/** A claim in quarantine is no row and keeps its unit: it is told elsewhere, and is not lost. */
function withoutQuarantined(
  coupons: readonly CheckedCoupon[],
  dependencies: CheckDependencies,
): Promise<CheckedCoupon[]> {
  const { ledger, settings } = dependencies;
  return Promise.all(
    coupons.map(async (coupon) => {
      const { couponId, drift } = coupon;
      if (drift === undefined || drift.lost === 0) return coupon;
      const ids = await ledger.quarantinedIds(couponId, settings.maxQuarantined + 1);
      if (ids.length > settings.maxQuarantined) return { ...coupon, drift: { ...drift, lost: 0 } };
      const found = await countFound(ids, dependencies);
      if (found === undefined) return { ...coupon, drift: undefined };
      return { ...coupon, drift: { ...drift, lost: Math.max(0, drift.lost - found) } };
    }),
  );
}

/** How many of them the gate knows; undefined where it does not tell, or not any more. */
async function countFound(
  ids: readonly string[],
  { gate, onFault }: CheckDependencies,
): Promise<number | undefined> {
  try {
    const kinds = (await Promise.all(ids.map((id) => gate.find(id)))).map(({ kind }) => kind);
    if (kinds.includes('closed')) return undefined;
    return kinds.filter((kind) => kind === 'found').length;
  } catch (error) {
    onFault('gate to be checked', error);
    return undefined;
  }
}
