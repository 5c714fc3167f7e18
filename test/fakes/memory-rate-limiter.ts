import type { RateLimiter, RequestLimit, Spending } from '../../lambdas/domain/request-limits.ts';

/** Held to the one in Valkey by a contract test. */
export class MemoryRateLimiter implements RateLimiter {
  /** Nobody can tell while it is away. */
  isAway = false;
  readonly spent: { readonly key: string; readonly cost: number }[] = [];
  readonly #fullAt = new Map<string, number>();
  readonly #now: () => number;

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  spend(key: string, cost: number, limit: RequestLimit): Promise<Spending | undefined> {
    if (this.isAway) return Promise.resolve(undefined);
    this.spent.push({ key, cost });
    const now = this.#now();
    const interval = 1_000 / limit.perSecond;
    const capacity = limit.burst * interval;
    const fullAt = Math.max(now, this.#fullAt.get(key) ?? now);
    const next = fullAt + cost * interval;
    // Sums of fractions are a little off.
    const excess = Math.round((next - now - capacity) * 1_000) / 1_000;
    if (excess > 0) {
      const remaining = Math.floor((now + capacity - fullAt) / interval + 1e-6);
      return Promise.resolve({
        allowed: false,
        remaining,
        fullAfterMs: fullAt - now,
        retryAfterMs: excess,
      });
    }
    this.#fullAt.set(key, next);
    const remaining = Math.floor(-excess / interval + 1e-6);
    return Promise.resolve({ allowed: true, remaining, fullAfterMs: next - now, retryAfterMs: 0 });
  }
}
