import { open, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../../../local/servers/run-tool.ts';
import { errorCode } from '../../../local/error-code.ts';
import { statePaths } from '../../../local/state.ts';
import type { FaultBench } from './fault-bench.ts';

/** Beyond the data: enough to work for a while before it is filled. */
const FREE_MB = 64;
const CHUNK_BYTES = 1024 * 1024;
const SMALLEST_BYTES = 4096;

/** A file system of PostgreSQL's own, which can be filled by others. */
export class SmallDisk {
  readonly #ballast: string;

  private constructor(directory: string) {
    this.#ballast = join(directory, 'ballast');
  }

  /**
   * Moves PostgreSQL's data, which is stopped for it, to a file system in memory; it is unmounted
   * with the bench. It takes root, or `sudo` that asks nothing.
   */
  static async under(bench: FaultBench): Promise<SmallDisk> {
    const { postgres: data } = statePaths(bench.servers.stateDir);
    await bench.servers.whileStopped('postgres', async () => {
      const aside = `${data}.aside`;
      const { uid, gid } = await stat(data);
      const usedMb = Number((await runTool('du', ['-sm', data])).split('\t')[0]);
      await runTool('mv', [data, aside]);
      await runTool('mkdir', [data]);
      const options = `size=${usedMb + FREE_MB}m,mode=0700,uid=${uid},gid=${gid}`;
      await asRoot('mount', ['-t', 'tmpfs', '-o', options, 'coupon-small-disk', data]);
      // Lazily: it is gone from here at once, and for the server that is still in it when that ends.
      bench.add(data, () => asRoot('umount', ['--lazy', data]));
      await runTool('cp', ['-a', `${aside}/.`, data]);
    });
    return new SmallDisk(data);
  }

  /** To the last block. */
  async fill(): Promise<void> {
    const file = await open(this.#ballast, 'a');
    try {
      for (let bytes = CHUNK_BYTES; bytes >= SMALLEST_BYTES; bytes /= 2) {
        await fillWith(() => file.write(Buffer.alloc(bytes)));
      }
    } finally {
      await file.close();
    }
  }

  /** Some room again, as when the disk was enlarged. */
  async free(): Promise<void> {
    await truncate(this.#ballast);
  }
}

async function fillWith(write: () => Promise<{ bytesWritten: number }>): Promise<void> {
  for (;;) {
    try {
      if ((await write()).bytesWritten === 0) return;
    } catch (error) {
      if (errorCode(error) === 'ENOSPC') return;
      throw error;
    }
  }
}

async function asRoot(file: string, args: readonly string[]): Promise<void> {
  if (process.getuid?.() === 0) await runTool(file, args);
  else await runTool('sudo', ['-n', file, ...args]);
}
