import type { StockGate } from '../../domain/ports.ts';

export interface ReadPendingDependencies {
  readonly gate: Pick<StockGate, 'pendingClaims'>;
  /** Milliseconds since 1970, by the clock that dated the claims. */
  readonly gateTime: () => Promise<number>;
  /** Younger ones are on their way. */
  readonly minAgeMs: number;
}

/** What of a coupon passed the gate, and nobody waits for any more. */
export interface PendingSummary {
  readonly claims: number;
  /** Milliseconds since the oldest passed; 0 where there is none. */
  readonly oldestMs: number;
}

/** Where Kafka is away for long there are many, and all of about the same age. */
const MAX_PAGES = 20;

/** Of a coupon's pending claims, of which no more than some thousands are looked at. Rejects as the gate does. */
export async function readPending(
  couponId: string,
  { gate, gateTime, minAgeMs }: ReadPendingDependencies,
): Promise<PendingSummary> {
  let oldest = Number.POSITIVE_INFINITY;
  let claims = 0;
  let pages = 0;
  for await (const page of gate.pendingClaims(couponId, minAgeMs)) {
    for (const { acceptedAt } of page) oldest = Math.min(oldest, acceptedAt);
    claims += page.length;
    pages += 1;
    if (pages === MAX_PAGES) break;
  }
  if (claims === 0) return { claims, oldestMs: 0 };
  // The clock may have been set back meanwhile.
  return { claims, oldestMs: Math.max(0, (await gateTime()) - oldest) };
}
