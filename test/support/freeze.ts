import { setTimeout as sleep } from 'node:timers/promises';
import { hasProcFs, threadStates } from './process-state.ts';
import { until } from './until.ts';

const PATIENCE_MS = 10_000;
/** Where there is no /proc to look at. */
const BLIND_WAIT_MS = 500;

/**
 * Stops a process (SIGSTOP) and waits until it stands still. The signal alone is only a request:
 * while the machine is busy, threads of a server go on for some milliseconds and answer.
 */
export async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  if (!hasProcFs) {
    await sleep(BLIND_WAIT_MS);
    return;
  }
  await until(`process ${pid} stands still`, PATIENCE_MS, async () => {
    const states = await threadStates(pid);
    return states.every((state) => state === 'T') ? true : undefined;
  });
}
