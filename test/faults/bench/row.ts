import type { BenchOptions, FaultBench } from './fault-bench.ts';
import type { Spike, SpikeOptions } from './spike.ts';

/** Set by `npm run faults`: all rows, not only those of every run. */
export const ALL_VARIABLE = 'COUPON_ALL_FAULTS';

/** What a row's injection may use. */
export interface Stage {
  readonly bench: FaultBench;
  /** Runs while `strike` does; tell it when the fault is healed. */
  readonly spike: Spike;
}

/** One row of the fault matrix: what is broken, under load, and what must hold all the same. */
export interface FaultRow {
  /** As in the protocol's matrix: `1`, `2b`. */
  readonly id: string;
  /** What happens, as the beginning of a sentence that ends in "nothing is lost". */
  readonly title: string;
  /** How it is done here, for the table. */
  readonly injection: string;
  /** Part of `npm test`; the others are tried every night. */
  readonly inEveryRun?: boolean;
  readonly options?: BenchOptions;
  readonly load?: SpikeOptions;
  /** Answers that claims may get besides successes, `503 gate_closed`; any other fails the row. */
  readonly answers: readonly string[];
  /** Those of them that some claims must have got. */
  readonly mustAnswer?: readonly string[];
  /**
   * Messages that the functions' log must have got by then, by which an operator knows. Empty where
   * nobody needs to know.
   */
  readonly says: readonly string[];
  /** Alarms that must ring on what is measured during the row, or why it is right that none does,
   * or why nobody can know. */
  readonly rings:
    readonly [string, ...string[]] | { readonly none: string } | { readonly any: string };
  /**
   * Breaks it, keeps it broken, heals it, and calls `spike.healed()`.
   * @returns how many requests, replies or processes in flight it hit
   */
  readonly strike: (stage: Stage) => Promise<number>;
  /** What else must be so at the end, at rest. */
  readonly after?: (stage: Stage) => Promise<void>;
}

/** What came of one row. */
export interface RowReport {
  readonly id: string;
  readonly title: string;
  readonly injection: string;
  readonly date: string;
  readonly hits: number;
  /** How many claims were answered so. */
  readonly answers: Readonly<Record<string, number>>;
  readonly longestMs: number;
  /** From the heal until claims were answered definitely again. */
  readonly recoveryMs: number;
  /** The alarms that rang. */
  readonly rung: readonly string[];
  /** By name: how many things were looked at; a broken one fails the row. */
  readonly invariants: Readonly<Record<string, number>>;
}

/** Of the row's test. */
export function titleOf({ id, title }: FaultRow): string {
  return `row ${id}: ${title}, and nothing is lost or given twice`;
}
