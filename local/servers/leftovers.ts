import { commandLineMarker, readPid, removePid, serverNames, type StatePaths } from '../state.ts';
import { endProcess, isRunningWith } from './processes.ts';

/**
 * Ends the servers that a crashed stack left running in this state directory.
 * A process is ended only if its command line names our files: a pid file may hold a pid
 * that has long passed to somebody else's process.
 */
export async function endLeftovers(
  paths: StatePaths,
  progress: (line: string) => void,
): Promise<void> {
  await Promise.all(
    serverNames.map(async (name) => {
      const pid = await readPid(paths, name);
      if (pid === undefined) return;
      const marker = commandLineMarker(paths, name);
      if (await isRunningWith(pid, marker)) {
        progress(`ending ${name} (process ${pid}), left by a stack that crashed`);
        // PostgreSQL takes SIGTERM as "wait until the clients have gone"; SIGINT disconnects them.
        await endProcess(pid, marker, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
      }
      await removePid(paths, name);
    }),
  );
}
