import { createHash } from 'node:crypto';
import type { Clock } from '../domain/deadline.ts';
import type { RateLimiter, RequestLimit, Spending } from '../domain/request-limits.ts';
import type { Route } from '../routes.ts';
import type { Answer } from './answer.ts';
import { problem } from './answer.ts';
import type { Caller } from './authenticator.ts';
import { hasOneOf } from './authenticator.ts';

export interface RequestLimits {
  readonly limiter: RateLimiter;
  readonly limit: RequestLimit;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** From 0 up to 1; `Math.random` unless told. */
  readonly random?: () => number;
}

/** What the count of a request adds to its reply, and the answer if it was one too many. */
export interface Counted {
  readonly headers: Readonly<Record<string, string>>;
  readonly answer?: Answer | undefined;
}

export type CountRequest = (route: Route, caller: Caller) => Promise<Counted>;

/**
 * So many requests of a user pass in each process and window before Valkey is asked: a spike is a
 * crowd of single presses, and none of them pays a round trip. N processes let up to 8 × N more
 * through than the limit says.
 */
const FREE_REQUESTS = 8;
/** Counts of more users in one window are dropped, some 10 to 30 MB of them. */
const MAX_USERS = 100_000;
/** Instead of a count: Valkey was told, and is asked from now on. */
const TOLD = -1;

/** Counts shoppers' requests. The shop's services and operators are trusted. */
export function countRequests({
  limiter,
  limit,
  clock,
  random = Math.random,
}: RequestLimits): CountRequest {
  const windowMs = (limit.burst / limit.perSecond) * 1_000;
  const free = Math.min(FREE_REQUESTS, limit.burst - 1);
  const policy = { 'ratelimit-policy': `"default";q=${limit.burst};w=${seconds(windowMs)}` };
  let counts = new Map<string, number>();
  let windowEndsAt = Number.NEGATIVE_INFINITY;

  const countsOfWindow = (): Map<string, number> => {
    if (clock.monotonic() >= windowEndsAt || counts.size >= MAX_USERS) {
      counts = new Map();
      windowEndsAt = clock.monotonic() + windowMs;
    }
    return counts;
  };

  return async (route, caller) => {
    if (route.uncounted === true || !isShopper(caller)) return { headers: {} };
    const here = countsOfWindow();
    const { userId } = caller;
    const untold = here.get(userId) ?? 0;
    if (untold !== TOLD && untold < free) {
      here.set(userId, untold + 1);
      return { headers: policy };
    }
    // Before the answer is there: others who ask meanwhile must not tell of the same requests.
    here.set(userId, TOLD);
    const spending = await limiter.spend(keyOf(userId), untold === TOLD ? 1 : untold + 1, limit);
    if (spending === undefined) return { headers: policy };
    if (!spending.allowed && untold !== TOLD) here.set(userId, untold);
    const headers = { ...policy, ratelimit: left(spending) };
    return { headers, answer: spending.allowed ? undefined : tooMany(spending, random) };
  };
}

function isShopper(caller: Caller): boolean {
  return !hasOneOf(caller, ['coupons:checkout', 'coupons:manage']);
}

const KEY_LENGTH = 22;

/** Names nobody in Valkey: it is forgotten within seconds, and 128 bits keep users apart. */
function keyOf(userId: string): string {
  return createHash('sha256').update(userId).digest('base64url').slice(0, KEY_LENGTH);
}

/** The `RateLimit` field (draft-ietf-httpapi-ratelimit-headers-10): `t` until the burst is whole again. */
function left({ allowed, remaining, fullAfterMs }: Spending): string {
  return `"default";r=${allowed ? remaining : 0};t=${seconds(fullAfterMs)}`;
}

/** With jitter up to the double: those who are sent away together must not come back together. */
function tooMany({ retryAfterMs }: Spending, random: () => number): Answer {
  const base = Math.max(1, seconds(retryAfterMs));
  const wait = base + Math.floor(random() * (base + 1));
  const detail = {
    en: `Ask again in ${wait} s.`,
    ko: `${wait}초 후에 다시 시도하세요.`,
  };
  return problem('too_many_requests', { detail, headers: { 'retry-after': String(wait) } });
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1_000);
}
