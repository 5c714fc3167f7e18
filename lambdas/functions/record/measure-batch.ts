import type { Meter } from '../../domain/metrics.ts';
import type { BatchSummary } from '../../domain/record-plan.ts';

/** So many of a batch's waits say how they are distributed, its shortest and its longest included. */
const MAX_SAMPLES = 100;

/** @param now by this machine's clock: those of the gate differ by milliseconds, and none waits less than 0 */
export function measureBatch(
  { inserted, acceptedAt, late, quarantined }: BatchSummary,
  meter: Meter,
  now: number,
): void {
  if (inserted > 0) meter.record('RecordedIssuances', inserted);
  if (late.length > 0) meter.record('LateRecords', late.length);
  for (const { reason } of quarantined) meter.record('QuarantinedRecords', 1, { reason });
  const waits = acceptedAt.map((at) => Math.max(0, now - at)).toSorted((a, b) => a - b);
  for (const wait of evenlySpaced(waits, MAX_SAMPLES)) meter.record('IssuedAfter', wait);
}

/** All values, or `most` of them, the first and the last included. */
function evenlySpaced(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values;
  return Array.from(
    { length: most },
    (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))] ?? 0,
  );
}
