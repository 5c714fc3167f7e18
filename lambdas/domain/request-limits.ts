/** How often one user may ask. */
export interface RequestLimit {
  /** So many requests at once, after a pause. */
  readonly burst: number;
  /** What comes back of the burst each second. */
  readonly perSecond: number;
}

/** What became of requests that were to be counted. */
export interface Spending {
  readonly allowed: boolean;
  /** How many more may follow at once. */
  readonly remaining: number;
  /** Until the whole burst may come again, milliseconds. */
  readonly fullAfterMs: number;
  /** Until as many would be allowed, milliseconds; 0 if they are. */
  readonly retryAfterMs: number;
}

/** Counts the requests of all processes together. */
export interface RateLimiter {
  /**
   * @param key whose requests; never a personal datum
   * @param cost how many at once; not counted if they are not allowed
   * @returns undefined when nobody can tell: a limit is a courtesy, no promise rests on it
   */
  spend(key: string, cost: number, limit: RequestLimit): Promise<Spending | undefined>;
}
