import type { Clock, Deadline } from '../../domain/deadline.ts';
import { deadlineAfter } from '../../domain/deadline.ts';
import { issuanceId } from '../../domain/issuance.ts';
import type { ClaimLog, PendingClaim, StockGate } from '../../domain/ports.ts';

export interface SweepDependencies {
  readonly gate: StockGate;
  readonly log: ClaimLog;
  readonly clock: Clock;
  readonly connectWaitMs: number;
  readonly publishBudgetMs: number;
  /** Pending claims of this age have nobody waiting for them any more. */
  readonly minAgeMs: number;
}

export interface SweepReport {
  readonly published: number;
  readonly failed: number;
}

/**
 * Publishes the claims again that passed the gate and were never confirmed: their outcome is
 * unknown, and a unit once given is never taken back. The same rule holds as for a first publish:
 * an acknowledgement counts only within the budget from before the gate was read.
 */
export async function sweepPending(
  couponId: string,
  dependencies: SweepDependencies,
): Promise<SweepReport> {
  const { gate, log, clock, connectWaitMs, publishBudgetMs, minAgeMs } = dependencies;
  log.discardExpired();
  await log.ready(connectWaitMs);
  let published = 0;
  let failed = 0;
  let deadline = deadlineAfter(clock, publishBudgetMs);
  for await (const page of gate.pendingClaims(couponId, minAgeMs)) {
    const done = await publishPage(couponId, page, deadline, dependencies);
    published += done;
    failed += page.length - done;
    // Without Kafka the next page would fare no better.
    if (done < page.length) break;
    deadline = deadlineAfter(clock, publishBudgetMs);
  }
  return { published, failed };
}

/** Returns how many were published and confirmed. */
async function publishPage(
  couponId: string,
  page: readonly PendingClaim[],
  deadline: Deadline,
  { gate, log }: SweepDependencies,
): Promise<number> {
  const results = await Promise.allSettled(
    page.map(({ digest, record }) => log.publish(issuanceId(couponId, digest), record, deadline)),
  );
  const published = page.filter((_, i) => results[i]?.status === 'fulfilled');
  for (const [epoch, claims] of Map.groupBy(published, (claim) => claim.epoch)) {
    const digests = claims.map(({ digest }) => digest);
    await gate.confirm(couponId, digests, epoch);
  }
  return published.length;
}
