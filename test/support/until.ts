import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Waits until `attempt` gives something; what it throws meanwhile is the reason given at the end.
 * @throws Error that names `what` when `patienceMs` are over
 */
export async function until<T>(
  what: string,
  patienceMs: number,
  attempt: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    let failure: unknown;
    try {
      const result = await attempt();
      if (result !== undefined) return result;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`${what}: not within ${patienceMs} ms`, { cause: failure });
    }
    await sleep(POLL_MS);
  }
}
