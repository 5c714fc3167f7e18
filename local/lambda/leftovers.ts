import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunningWith, signal } from '../servers/processes.ts';

/**
 * Ends environments that a crashed stack left in this state directory (its watchdog was killed
 * too) and forgets their pid files. A process is ended only if its command line names `pidsDir`.
 */
export async function endLeftoverEnvironments(pidsDir: string): Promise<void> {
  const names = await readdir(pidsDir).catch(() => []);
  for (const name of names.filter((each) => /^environment-.+\.pid$/.test(each))) {
    const file = join(pidsDir, name);
    const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
    // 0 and negative numbers address process groups.
    if (pid > 1 && (await isRunningWith(pid, pidsDir))) signal(pid, 'SIGKILL');
    await rm(file, { force: true });
  }
}
