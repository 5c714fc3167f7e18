import { setTimeout as sleep } from 'node:timers/promises';

const readinessPoll_ms = 100;

/** Whether a server serves now, for those who wait for it. */
export interface Health {
  /** Resolves when it serves; rejects with the reason when it never will, or after the timeout. */
  wait(timeout_ms: number, whenLate: () => Promise<string>): Promise<void>;
  serves(): void;
  failed(error: unknown): void;
}

/** A server that doesn't serve yet. */
export function unknownHealth(): Health {
  const outcome = Promise.withResolvers<undefined>();
  // Often nobody waits; then a failed start must not end the process as an unhandled rejection.
  outcome.promise.catch(() => undefined);
  return {
    async wait(timeout_ms, whenLate) {
      const answered = new AbortController();
      const late = sleep(timeout_ms, 'late' as const, { signal: answered.signal }).catch(
        () => undefined,
      );
      const first = await Promise.race([outcome.promise, late]).finally(() => {
        answered.abort();
      });
      if (first === 'late') throw new Error(await whenLate());
    },
    serves: () => {
      outcome.resolve(undefined);
    },
    failed: outcome.reject,
  };
}

/** Asks again and again until the check passes; false once `over` is aborted. */
export async function becomesReady(
  check: () => Promise<void>,
  over: AbortSignal,
): Promise<boolean> {
  while (!over.aborted) {
    try {
      await check();
      return !over.aborted;
    } catch {
      await sleep(readinessPoll_ms, undefined, { signal: over }).catch(() => undefined);
    }
  }
  return false;
}
