import { arch, cpus, platform, totalmem } from 'node:os';
import type { InvariantReport } from '../../../local/invariants/report.ts';
import type { ClaimEntry, RedeemEntry } from '../load/job.ts';
import type { Sight } from '../operator.ts';
import type { RehearsalOptions } from '../options.ts';
import { countAnswers, latencyOf, secondsOf, type Latency, type Second } from './figures.ts';
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
  readonly redemptions: Readonly<Record<string, number>>;
  readonly faults: readonly FaultOutcome[];
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
  readonly sights: RehearsalReport['sights'];
  readonly faults: readonly FaultOutcome[];
  readonly invariants: readonly InvariantReport[];
}

export function reportOf(rehearsed: Rehearsed): RehearsalReport {
  const { begunAt, options, couponId, claims, redeems, sights, faults, invariants } = rehearsed;
  return {
    date: new Date(begunAt).toISOString(),
    machine: machine(),
    options,
    couponId,
    held: invariants.every(({ violations }) => violations.length === 0),
    invariants,
    claims: { answers: countAnswers(claims), latency: latencyOf(claims) },
    redemptions: countAnswers(redeems),
    faults,
    seconds: secondsOf(claims),
    sights,
  };
}

/** Load and, for the local stack, all servers run on it. */
function machine(): string {
  const gib = Math.round(totalmem() / 2 ** 30);
  const [first] = cpus();
  const kind = first?.model.trim() ?? '';
  return `${cpus().length} × ${kind}, ${gib} GiB, ${platform()} ${arch()}, Node ${process.version}`;
}
