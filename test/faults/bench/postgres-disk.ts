import { stat } from 'node:fs/promises';
import { runTool } from '../../../local/servers/run-tool.ts';
import { statePaths } from '../../../local/state.ts';
import type { FaultBench } from './fault-bench.ts';
import { SmallDisk } from './small-disk.ts';

/** Beyond the data: enough to work for a while before it is filled. */
const FREE_MB = 64;

/**
 * Moves PostgreSQL's data, for which it is stopped, to a small disk; that is unmounted with the
 * bench.
 */
export async function moveToSmallDisk(bench: FaultBench): Promise<SmallDisk> {
  const { postgres: data } = statePaths(bench.servers.stateDir);
  return bench.servers.whileStopped('postgres', async () => {
    const aside = `${data}.aside`;
    const { uid, gid } = await stat(data);
    const usedMb = Number((await runTool('du', ['-sm', data])).split('\t')[0]);
    await runTool('mv', [data, aside]);
    await runTool('mkdir', [data]);
    const owner = ['mode=0700', `uid=${uid}`, `gid=${gid}`];
    const disk = await SmallDisk.mountAt(data, usedMb + FREE_MB, owner);
    bench.add(disk, (mounted) => mounted.remove());
    await runTool('cp', ['-a', `${aside}/.`, data]);
    return disk;
  });
}
