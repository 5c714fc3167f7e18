import type { CouponLookup } from '../../domain/closed-gate.ts';
import type { ClaimedIssuance, RecordedIssuance } from '../../domain/issuance.ts';
import { couponIdOf } from '../../domain/issuance.ts';
import type { IssuanceLedger, StockGate } from '../../domain/ports.ts';

export interface FindClaimDependencies {
  readonly gate: Pick<StockGate, 'find'>;
  readonly coupons: CouponLookup;
}

export interface ReadIssuanceDependencies extends FindClaimDependencies {
  readonly ledger: IssuanceLedger;
}

export type IssuanceReading =
  | { readonly kind: 'found'; readonly issuance: ClaimedIssuance | RecordedIssuance }
  | { readonly kind: 'absent' }
  /** Neither a row nor a gate that could tell: it may be accepted all the same. */
  | { readonly kind: 'cannot_tell' };

/**
 * Reads an issuance from the moment it is accepted: the row if there is one, else the claim at
 * the gate. The row is asked for first: what is recorded in between is still found at the gate.
 */
export async function readIssuance(
  id: string,
  dependencies: ReadIssuanceDependencies,
): Promise<IssuanceReading> {
  const recorded = await dependencies.ledger.findIssuance(id);
  if (recorded) return { kind: 'found', issuance: recorded };
  return findClaim(id, dependencies);
}

/** What the gate says of an issuance that is no row. */
async function findClaim(
  id: string,
  { gate, coupons }: FindClaimDependencies,
): Promise<IssuanceReading> {
  const finding = await gate.find(id);
  if (finding.kind !== 'closed') return finding;
  const standing = await coupons.lookUp(couponIdOf(id));
  return { kind: standing === 'live' ? 'cannot_tell' : 'absent' };
}

/** Why nothing can be done with an issuance. */
export type Missing = 'issuance_not_found' | 'issuance_not_ready' | 'gate_closed';

/**
 * Why there is no row of this id: it is accepted and will be one, it does not exist, or nobody
 * can tell.
 *
 * @param ownerId others' issuances are as unknown as those that do not exist
 */
export async function whyMissing(
  id: string,
  ownerId: string | undefined,
  dependencies: FindClaimDependencies,
): Promise<Missing> {
  const claim = await findClaim(id, dependencies);
  if (claim.kind === 'cannot_tell') return 'gate_closed';
  if (claim.kind === 'absent') return 'issuance_not_found';
  const isTheirs = ownerId === undefined || claim.issuance.userId === ownerId;
  return isTheirs ? 'issuance_not_ready' : 'issuance_not_found';
}
