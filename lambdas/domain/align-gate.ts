import type { Coupon } from './coupon.ts';
import type { ApplyOutcome, GateTerms } from './gate.ts';
import type { RaiseVersion, StockGate } from './ports.ts';

export interface AlignDependencies {
  readonly gate: Pick<StockGate, 'apply'>;
  readonly ledger: { readonly raiseVersion: RaiseVersion };
  readonly settings: {
    /** From the end of the issue window until Valkey may forget the gate. */
    readonly forgetAfterMs: number;
  };
}

/**
 * Brings an open gate from what it was told last to the coupon's present terms. The coupon's row
 * waits for any change that is under way; and a version that the gate has seen, but not with these
 * terms, is left behind for a new one.
 */
export async function alignGate(
  couponId: string,
  toldLast: { readonly version: number; readonly restricted: boolean },
  { gate, ledger, settings }: AlignDependencies,
): Promise<ApplyOutcome> {
  const coupon = await ledger.raiseVersion(couponId, toldLast);
  return gate.apply(couponId, gateTerms(coupon, settings.forgetAfterMs));
}

/** @param forgetAfterMs from the end of the issue window until Valkey may forget the gate */
export function gateTerms(coupon: Coupon, forgetAfterMs: number): GateTerms {
  const { epoch, version, quantity, control, issueEndsAt } = coupon;
  const forgetAt = issueEndsAt + forgetAfterMs;
  return { epoch, version, quantity, control, issueEndsAt, forgetAt };
}
