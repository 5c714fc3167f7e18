import { median } from '../../numbers.ts';
import { rehearse } from '../../rehearsal/rehearse.ts';
import type { RehearsalReport } from '../../rehearsal/report/report.ts';
import { localStack } from '../../rehearsal/venue/local-stack.ts';
import type { BenchStack } from '../bench-stack.ts';
import type { Figure } from '../figure.ts';
import type { Plan } from '../plan.ts';

const LATENCY_BAR = { atMost: 100 };
const ISSUED_BAR = { atMost: 2_000 };
const NONE = { atMost: 0 };

export interface OpenLoopRun {
  /** Claims a second of the floor, right before. */
  readonly floor: number;
  /** The machine was too slow, or busy otherwise: the run says nothing. */
  readonly isVoid: boolean;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  readonly issuedAfterP99: number;
  readonly answers: Readonly<Record<string, number>>;
  /** Answers of 500 and more. */
  readonly faults: number;
  readonly brokenPromises: readonly string[];
}

/**
 * Rehearses a spike, again and again until enough runs are valid.
 *
 * @param floorRate measures the floor, claims a second
 */
export async function openLoopRuns(
  stack: BenchStack,
  plan: Plan['openLoop'],
  floorRate: () => Promise<number>,
): Promise<OpenLoopRun[]> {
  const venue = await localStack(stack.paths);
  const { rate, seconds, users, quantity } = plan;
  const runs: OpenLoopRun[] = [];
  const valid = () => runs.filter(({ isVoid }) => !isVoid).length;
  while (valid() < plan.wanted && runs.length < plan.most) {
    const floor = await floorRate();
    const crowd = { rate, seconds, users, seed: runs.length + 1 };
    const options = { crowd, quantity, faults: [], out: '' };
    const report = await rehearse(venue, options, stack.folder, new AbortController().signal);
    runs.push(runOf(report, floor, floor < plan.leastFloor));
  }
  return runs;
}

function runOf(report: RehearsalReport, floor: number, isVoid: boolean): OpenLoopRun {
  const { claims, issuedAfter, invariants } = report;
  const { p50, p99, max } = claims.latency ?? NOTHING;
  const broken = invariants.filter(({ violations }) => violations.length > 0);
  return {
    floor,
    isVoid,
    p50,
    p99,
    longest: max,
    issuedAfterP99: issuedAfter?.p99 ?? Number.POSITIVE_INFINITY,
    answers: claims.answers,
    faults: Object.entries(claims.answers)
      .filter(([kind]) => kind.startsWith('5'))
      .reduce((sum, [, count]) => sum + count, 0),
    brokenPromises: broken.map(({ name }) => name),
  };
}

const NOTHING = {
  p50: Number.POSITIVE_INFINITY,
  p99: Number.POSITIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
};

/** Medians of the valid runs; faults and broken promises of all of them together. */
export function openLoopFigures(runs: readonly OpenLoopRun[], plan: Plan['openLoop']): Figure[] {
  const valid = runs.filter(({ isVoid }) => !isVoid);
  const middle = (read: (run: OpenLoopRun) => number): number => median(valid.map(read));
  const name = `${plan.rate.toLocaleString('en-US')}/s for ${plan.seconds} s`;
  const faults = runs.reduce((sum, run) => sum + run.faults, 0);
  const broken = runs.flatMap(({ brokenPromises }) => brokenPromises);
  return [
    {
      name: `${name}: valid runs`,
      value: valid.length,
      unit: '',
      bar: { atLeast: plan.wanted },
      detail: runs,
    },
    { name: `${name}: p50`, value: middle(({ p50 }) => p50), unit: 'ms' },
    { name: `${name}: p99`, value: middle(({ p99 }) => p99), unit: 'ms', bar: LATENCY_BAR },
    { name: `${name}: longest`, value: middle(({ longest }) => longest), unit: 'ms' },
    { name: `${name}: answers of 500 and more`, value: faults, unit: '', bar: NONE },
    { name: `${name}: broken promises`, value: broken.length, unit: '', bar: NONE },
    {
      name: `202 → issued at ${plan.rate.toLocaleString('en-US')}/s: p99`,
      value: middle(({ issuedAfterP99 }) => issuedAfterP99),
      unit: 'ms',
      bar: ISSUED_BAR,
    },
  ];
}
