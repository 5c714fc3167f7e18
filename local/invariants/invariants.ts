import type { Facts } from './facts.ts';
import { everyoneGetsTheirShare, neverMoreThanTheQuantity } from './invariants-of-rows.ts';
import { noRefusalAfterSuccess, successIsKept } from './invariants-of-replies.ts';
import { noUnitIsLost, unitsAddUp } from './invariants-of-stock.ts';
import { committedIsStored, decidedInsideTheWindow } from './invariants-of-records.ts';
import { redeemedOnce } from './invariants-of-redemptions.ts';
import type { Invariant, InvariantReport } from './report.ts';

/** I10 to I12 come with notifications, rehearsals and logs. */
const invariants: readonly Invariant[] = [
  neverMoreThanTheQuantity,
  everyoneGetsTheirShare,
  successIsKept,
  noRefusalAfterSuccess,
  unitsAddUp,
  noUnitIsLost,
  redeemedOnce,
  decidedInsideTheWindow,
  committedIsStored,
];

/** Counts all of them over the facts. */
export function countInvariants(facts: Facts): InvariantReport[] {
  return invariants.map((invariant) => invariant(facts));
}
