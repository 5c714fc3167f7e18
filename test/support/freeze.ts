import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
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
  if (!existsSync('/proc/self/task')) {
    await sleep(BLIND_WAIT_MS);
    return;
  }
  await until(`process ${pid} stands still`, PATIENCE_MS, async () => {
    const states = await threadStates(pid);
    return states.every((state) => state === 'T') ? true : undefined;
  });
}

async function threadStates(pid: number): Promise<(string | undefined)[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  return Promise.all(
    threads.map(async (thread) => {
      const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      // The name in parentheses may itself hold spaces and parentheses.
      return stat.slice(stat.lastIndexOf(')') + 2)[0];
    }),
  );
}
