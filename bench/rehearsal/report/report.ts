import type { InvariantReport } from '../../../local/invariants/report.ts';
import type { ClaimEntry, LookEntry, RedeemEntry } from '../load/job.ts';
import { machine } from '../../machine.ts';
import type { Rung } from '../../monitoring/rung.ts';
import type { Sight } from '../../operator.ts';
import type { RehearsalOptions } from '../options.ts';
import {
  countAnswers,
  issuedAfter,
  latencyOf,
  secondsOf,
  type Latency,
  type Second,
} from './figures.ts';
import type { FaultOutcome } from './recovery.ts';

/** What `reports/rehearsal.json` holds, and the page shows. */
export interface RehearsalReport {
  /** When it began, RFC 3339. */
  readonly date: string;
  readonly machine: string;
  readonly options: RehearsalOptions;
  readonly couponId: string;
  /** Whether every promise was kept. */
  readonly held: boolean;
  readonly invariants: readonly InvariantReport[];
  readonly claims: {
    readonly answers: Readonly<Record<string, number>>;
    readonly latency: Latency | undefined;
  };
  /** From the 202 until the coupon was seen issued, of those who looked. */
  readonly issuedAfter: Latency | undefined;
  readonly redemptions: Readonly<Record<string, number>>;
  readonly faults: readonly FaultOutcome[];
  /** The alarms that would have rung; undefined where nobody here can know. */
  readonly rung: readonly Rung[] | undefined;
  readonly seconds: readonly Second[];
  /** What the operator saw, a few times a second; `atMs` after the beginning. */
  readonly sights: readonly (Sight & { readonly atMs: number })[];
}

export interface Rehearsed {
  readonly begunAt: number;
  readonly options: RehearsalOptions;
  readonly couponId: string;
  readonly claims: readonly ClaimEntry[];
  readonly redeems: readonly RedeemEntry[];
  readonly looks: readonly LookEntry[];
  readonly sights: RehearsalReport['sights'];
  readonly faults: readonly FaultOutcome[];
  readonly invariants: readonly InvariantReport[];
  readonly rung: RehearsalReport['rung'];
}

export function reportOf(rehearsed: Rehearsed): RehearsalReport {
  const { begunAt, options, couponId, claims, redeems, looks } = rehearsed;
  const { sights, faults, invariants, rung } = rehearsed;
  return {
    date: new Date(begunAt).toISOString(),
    machine: machine(),
    options,
    couponId,
    held: invariants.every(({ violations }) => violations.length === 0),
    invariants,
    claims: { answers: countAnswers(claims), latency: latencyOf(claims) },
    issuedAfter: issuedAfter(looks),
    redemptions: countAnswers(redeems),
    faults,
    rung,
    seconds: secondsOf(claims),
    sights,
  };
}
