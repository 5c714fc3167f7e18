import { setTimeout as sleep } from 'node:timers/promises';

/** How often each function is invoked; on AWS, EventBridge does so once a minute. */
const SCHEDULES_MS = { restore: 2000, sweep: 5000, grant: 2000, check: 5000, notify: 2000 };

/**
 * Invokes the scheduled functions, each one at a time: a run that takes longer than its interval
 * is not overtaken. What a run reports is the Lambda service's to log; nothing ends the schedule.
 * @returns a function that stops it and waits for the runs in flight
 */
export function startSchedules(
  invoke: (functionName: string, event: unknown) => Promise<unknown>,
): () => Promise<void> {
  const stopping = new AbortController();
  const loops = Object.entries(SCHEDULES_MS).map(([name, interval]) =>
    repeat(interval, stopping.signal, () => invoke(name, {})),
  );
  return async () => {
    stopping.abort();
    await Promise.all(loops);
  };
}

async function repeat(
  intervalMs: number,
  signal: AbortSignal,
  work: () => Promise<unknown>,
): Promise<void> {
  while (!signal.aborted) {
    const begun = performance.now();
    await work().catch(() => undefined);
    const rest = Math.max(0, intervalMs - (performance.now() - begun));
    await sleep(rest, undefined, { signal }).catch(() => undefined);
  }
}
