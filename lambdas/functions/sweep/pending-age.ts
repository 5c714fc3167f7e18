import type { StockGate } from '../../domain/ports.ts';

export interface PendingAgeDependencies {
  readonly gate: Pick<StockGate, 'pendingClaims'>;
  /** Milliseconds since 1970, by the clock that dated the claims. */
  readonly gateTime: () => Promise<number>;
  /** Younger ones are on their way. */
  readonly minAgeMs: number;
}

/** Where Kafka is away for long there are many, and all of about the same age. */
const MAX_PAGES = 20;

/**
 * Milliseconds since the oldest of a coupon's pending claims passed the gate; 0 if there is none of
 * `minAgeMs`. Rejects as the gate does.
 */
export async function pendingAgeMs(
  couponId: string,
  { gate, gateTime, minAgeMs }: PendingAgeDependencies,
): Promise<number> {
  let oldest: number | undefined;
  let pages = 0;
  for await (const page of gate.pendingClaims(couponId, minAgeMs)) {
    for (const { acceptedAt } of page) oldest = Math.min(oldest ?? acceptedAt, acceptedAt);
    pages += 1;
    if (pages === MAX_PAGES) break;
  }
  // The clock may have been set back meanwhile.
  return oldest === undefined ? 0 : Math.max(0, (await gateTime()) - oldest);
}
