import { percentile } from '../../numbers.ts';
import { answerOf, type ClaimEntry, type LookEntry } from '../load/job.ts';

/** How long something took, milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** One second of the rehearsal, by the moment at which its presses were due. */
export interface Second {
  readonly second: number;
  readonly requests: number;
  /** By kind: `202`, `409 sold_out`. */
  readonly answers: Readonly<Record<string, number>>;
  readonly latency: Latency | undefined;
}

/** Presses of users who hang up after a second are cut off there: they tell nothing of the API. */
function hasAnswer({ status }: ClaimEntry): boolean {
  return status !== undefined;
}

/** From when a press was to be sent until its answer was there; undefined where there is none. */
export function latencyOf(entries: readonly ClaimEntry[]): Latency | undefined {
  return spread(
    entries.filter(hasAnswer).map(({ intendedMs, answeredMs }) => answeredMs - intendedMs),
  );
}

/** From the 202 until it was seen issued; what never was is left to the invariants. */
export function issuedAfter(looks: readonly LookEntry[]): Latency | undefined {
  return spread(looks.flatMap(({ issuedAfterMs }) => issuedAfterMs ?? []));
}

function spread(milliseconds: readonly number[]): Latency | undefined {
  if (milliseconds.length === 0) return undefined;
  const sorted = Float64Array.from(milliseconds).sort();
  const at = (share: number): number => percentile(sorted, share);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export function countAnswers(
  entries: readonly Pick<ClaimEntry, 'status' | 'code'>[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const entry of entries) {
    const kind = answerOf(entry);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** From the first second to the last in which something was due, none left out. */
export function secondsOf(entries: readonly ClaimEntry[]): Second[] {
  const bySecond = Map.groupBy(entries, ({ intendedMs }) => Math.floor(intendedMs / 1000));
  const last = Math.max(-1, ...bySecond.keys());
  return Array.from({ length: last + 1 }, (_, second) => {
    const due = bySecond.get(second) ?? [];
    return { second, requests: due.length, answers: countAnswers(due), latency: latencyOf(due) };
  });
}
