import type { Clock } from '../../domain/deadline.ts';
import type { RateLimiter, RequestLimit } from '../../domain/request-limits.ts';
import { clientFor } from './valkey.ts';
import type { ValkeyClient } from './valkey-client.ts';
import type { ValkeyCluster } from './valkey-cluster.ts';

export interface RateLimiterSettings {
  /** A count that takes longer is none. Milliseconds. */
  readonly timeoutMs: number;
  /** After a failure nobody asks for so long: every request would wait in vain. Milliseconds. */
  readonly pauseMs: number;
}

/**
 * Counts in Valkey. When Valkey is away nothing is counted: the limit spares the system, and the
 * gate refuses what it must by itself.
 *
 * @param onFault told of a failure, once for each pause
 */
export function valkeyRateLimiter(
  valkey: Pick<ValkeyClient, 'spendRequests'> | ValkeyCluster,
  clock: Clock,
  { timeoutMs, pauseMs }: RateLimiterSettings,
  onFault: (what: string, error: unknown) => void,
): RateLimiter {
  let pausedUntil = Number.NEGATIVE_INFINITY;

  return {
    async spend(key, cost, limit) {
      if (clock.monotonic() < pausedUntil) return undefined;
      try {
        const args = scriptArguments(key, cost, limit);
        const client = clientFor(valkey, args[0]);
        // Without a connection a command fails at once: there is no queue.
        return toSpending(await repliedWithin(client.spendRequests(...args), timeoutMs));
      } catch (error) {
        const isFirst = clock.monotonic() >= pausedUntil;
        pausedUntil = clock.monotonic() + pauseMs;
        if (isFirst) onFault('rate limiter', error);
        return undefined;
      }
    },
  };
}

/**
 * Gives up only after what has arrived was read: a process that has no time, in a spike, must not
 * take Valkey for away and let everybody pass.
 *
 * @throws Error that names the time
 */
async function repliedWithin<T>(reply: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    // Immediates come after the sockets.
    timer = setTimeout(() => {
      setImmediate(() => {
        reject(new Error(`no reply within ${ms} ms`));
      });
    }, ms);
  });
  // When the time-out wins, the reply's own failure has nobody left to hear it.
  reply.catch(() => undefined);
  try {
    return await Promise.race([reply, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

const MICROSECONDS = 1_000_000;

function scriptArguments(key: string, cost: number, limit: RequestLimit): [string, ...string[]] {
  const interval = Math.floor(MICROSECONDS / limit.perSecond);
  return [`requests:${key}`, String(interval), String(limit.burst), String(cost)];
}

function toSpending(reply: unknown): Awaited<ReturnType<RateLimiter['spend']>> {
  const [allowed = 0, remaining = 0, fullAfter = 0, retryAfter = 0] = reply as number[];
  return {
    allowed: allowed === 1,
    remaining,
    fullAfterMs: fullAfter / 1_000,
    retryAfterMs: retryAfter / 1_000,
  };
}
