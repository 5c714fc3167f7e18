import type { Facts } from './facts.ts';

/** What came of one invariant; numbers and sentences are those of the protocol. */
export interface InvariantReport {
  readonly name: `I${number}`;
  readonly sentence: string;
  /** How many things were looked at: an invariant that found nothing to check has shown nothing. */
  readonly checked: number;
  /** One sentence each; they name coupons, issuances and users of the rehearsal, never codes. */
  readonly violations: readonly string[];
}

/** Counts one invariant over the facts. */
export type Invariant = (facts: Facts) => InvariantReport;
