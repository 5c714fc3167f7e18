import type { InvariantReport } from '../../../local/invariants/report.ts';
import type { Rung } from '../../monitoring/rung.ts';
import type { FaultName } from '../faults/names.ts';
import type { Struck } from '../faults/strike.ts';
import type { LoadEntries } from '../load/run-load.ts';

/** Where an event is rehearsed: the local stack, or an environment that an operator names. */
export interface Venue {
  /** Base URL. */
  readonly api: string;
  /** Mints the tokens of `<prefix>1` … `<prefix>N` into a file, one a line, ahead of the load. */
  mint(prefix: string, users: number, file: string): Promise<Tokens>;
  /** Breaks a server, and waits until it serves again. @throws Error where that can't be done */
  strike(name: FaultName): Promise<Struck>;
  /** Waits until all is at rest, and counts what became of the promises. */
  judge(couponId: string, entries: LoadEntries): Promise<InvariantReport[]>;
  /**
   * The alarms that would have rung since then (milliseconds since 1970); undefined where they are
   * CloudWatch's to know.
   */
  rungSince(from: number): Promise<readonly Rung[] | undefined>;
}

export interface Tokens {
  /** With the scope `coupons:manage`. */
  readonly operator: string;
  /** With the scope `coupons:checkout`. */
  readonly checkout: string;
}
