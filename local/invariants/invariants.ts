import type { Facts } from './facts.ts';
import { everyoneGetsTheirShare, neverMoreThanTheQuantity } from './invariants-of-rows.ts';
import { noRefusalAfterSuccess, successIsKept } from './invariants-of-replies.ts';
import { noUnitIsLost, unitsAddUp } from './invariants-of-stock.ts';
import { committedIsStored, decidedInsideTheWindow } from './invariants-of-records.ts';
import { everybodyIsTold } from './invariants-of-notifications.ts';
import { redeemedOnce } from './invariants-of-redemptions.ts';
import type { Invariant, InvariantReport } from './report.ts';

/** I11 and I12 come with rehearsals and logs. */
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
  everybodyIsTold,
];

/** Counts all of them over the facts. */
export function countInvariants(facts: Facts): InvariantReport[] {
  return invariants.map((invariant) => invariant(facts));
}
