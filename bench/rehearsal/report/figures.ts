import { answerOf, type ClaimEntry } from '../load/job.ts';

/** Milliseconds from when a press was to be sent until its answer was there. */
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

/** Undefined where nothing was answered. */
export function latencyOf(entries: readonly ClaimEntry[]): Latency | undefined {
  const sorted = Float64Array.from(
    entries.filter(hasAnswer).map(({ intendedMs, answeredMs }) => answeredMs - intendedMs),
  ).toSorted();
  if (sorted.length === 0) return undefined;
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
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
