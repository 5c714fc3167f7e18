import { runTool } from '../../../local/servers/run-tool.ts';
import { freeze } from '../../support/freeze.ts';
import type { OwnServers } from '../../support/own-servers.ts';

/**
 * `kill -9` of all of PostgreSQL's processes at once, as when its machine dies: of the first alone
 * the others would finish and answer what they are at. It is started again after `work`.
 */
export async function whileKilled<T>(servers: OwnServers, work: () => Promise<T>): Promise<T> {
  const pid = servers.pid('postgres');
  // It starts no more of them.
  await freeze(pid);
  for (const child of await childrenOf(pid)) kill(child);
  return servers.whileStopped('postgres', work, 'SIGKILL');
}

async function childrenOf(pid: number): Promise<number[]> {
  const listed = await runTool('pgrep', ['-P', String(pid)]);
  return listed.split('\n').flatMap((line) => (Number(line) > 1 ? [Number(line)] : []));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
