import { mkdtemp, open, readdir, rm, rmdir, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../../../local/servers/run-tool.ts';
import { errorCode } from '../../../local/error-code.ts';
import { isAlive } from '../../support/stack.ts';

const PREFIX = 'coupon-disk-';
const BLOCK = Buffer.alloc(64 * 1024);
/** The last blocks: a server's own small writes must fail as well. */
const SMALL_BLOCK = Buffer.alloc(512);
const REFILL_MS = 20;

/** A disk of its own for a server, which a test can fill: a tmpfs. Needs Linux and root. */
export class SmallDisk {
  readonly path: string;
  #filling: NodeJS.Timeout | undefined;
  #ballast: FileHandle | undefined;

  private constructor(path: string) {
    this.path = path;
  }

  /** @throws Error that names what is missing */
  static async mount(megabytes: number): Promise<SmallDisk> {
    await removeLeftovers();
    const path = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
    try {
      return await SmallDisk.mountAt(path, megabytes);
    } catch (error) {
      await rmdir(path);
      throw error;
    }
  }

  /**
   * At a folder that there is.
   *
   * @param options more of `mount`'s
   * @throws Error that names what is missing
   */
  static async mountAt(
    path: string,
    megabytes: number,
    options: readonly string[] = [],
  ): Promise<SmallDisk> {
    const all = [`size=${megabytes}m`, ...options].join(',');
    try {
      await runTool('mount', ['-t', 'tmpfs', '-o', all, 'tmpfs', path]);
    } catch (error) {
      throw new Error('a disk that can be filled needs `mount -t tmpfs`: Linux and root', {
        cause: error,
      });
    }
    return new SmallDisk(path);
  }

  /** Takes all space there is, and what others give back, until `free`. */
  async fill(): Promise<void> {
    this.#ballast ??= await open(this.#ballastFile, 'a');
    await this.#takeAll(this.#ballast);
    this.#refillLater();
  }

  async free(): Promise<void> {
    clearTimeout(this.#filling);
    const ballast = this.#ballast;
    this.#ballast = undefined;
    await ballast?.close();
    await rm(this.#ballastFile, { force: true });
  }

  /** Unmounts it, even while a process still holds files there. */
  async remove(): Promise<void> {
    await this.free();
    await unmount(this.path);
  }

  get #ballastFile(): string {
    return join(this.path, 'ballast');
  }

  #refillLater(): void {
    this.#filling = setTimeout(() => {
      const ballast = this.#ballast;
      if (ballast === undefined) return;
      void this.#takeAll(ballast).then(() => {
        if (this.#ballast === ballast) this.#refillLater();
      });
    }, REFILL_MS);
  }

  async #takeAll(ballast: FileHandle): Promise<void> {
    for (const block of [BLOCK, SMALL_BLOCK]) {
      for (;;) {
        try {
          const { bytesWritten } = await ballast.write(block);
          if (bytesWritten < block.length) break;
        } catch (error) {
          // Freed while it was being filled.
          if (errorCode(error) === 'EBADF' || errorCode(error) === 'ENOSPC') break;
          throw error;
        }
      }
    }
  }
}

/** A test that was killed could not clean up after itself. */
async function removeLeftovers(): Promise<void> {
  for (const entry of await readdir(tmpdir())) {
    const pid = Number(/^coupon-disk-(\d+)-/.exec(entry)?.[1] ?? Number.NaN);
    if (pid > 1 && !isAlive(pid)) await unmount(join(tmpdir(), entry));
  }
}

async function unmount(path: string): Promise<void> {
  await runTool('umount', ['--lazy', path]).catch(() => undefined);
  // Fails, and says so, where something is still mounted.
  await rmdir(path);
}
