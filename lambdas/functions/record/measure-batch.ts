import type { Meter } from '../../domain/metrics.ts';
import type { BatchSummary } from '../../domain/record-plan.ts';

/** @param now by this machine's clock: those of the gate differ by milliseconds, and none waits less than 0 */
export function measureBatch(
  { inserted, acceptedAt, late, quarantined }: BatchSummary,
  meter: Meter,
  now: number,
): void {
  if (inserted > 0) meter.record('RecordedIssuances', inserted);
  if (late.length > 0) meter.record('LateRecords', late.length);
  for (const { reason } of quarantined) meter.record('QuarantinedRecords', 1, { reason });
  // Each of them: CloudWatch judges no percentile of few values, however many each would stand for.
  for (const at of acceptedAt) meter.record('IssuedAfter', Math.max(0, now - at));
}
