import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { provideValkey } from '../../../local/servers/valkey/binary.ts';
import { checkValkey } from '../../../local/servers/valkey/check.ts';
import { choosePorts } from '../../../local/servers/ports.ts';
import { openStateDir } from '../../../local/state.ts';
import { newStateDir, removeStateDir } from '../../support/stack.ts';
import { until } from '../../support/until.ts';

/** Where Debian's and Fedora's packages put it. */
const LIBRARIES = '/usr/{lib,lib64}/{*/,}faketime/libfaketimeMT.so.1';
const PATIENCE_MS = 10_000;

/**
 * A Valkey whose clock a test can set while it runs, by libfaketime. Its timers go on as ever: they
 * are the monotonic clock's.
 */
export class MovableValkey {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #stateDir: string;

  private constructor(url: string, process: ChildProcess, stateDir: string) {
    this.url = url;
    this.#process = process;
    this.#stateDir = stateDir;
  }

  /** @throws Error that names the package that is missing */
  static async start(): Promise<MovableValkey> {
    const [library] = globSync(LIBRARIES);
    if (library === undefined) {
      throw new Error('libfaketime is missing: apt-get install faketime');
    }
    const stateDir = await newStateDir();
    const { valkey: port } = await choosePorts(await openStateDir(stateDir), ['valkey'], {});
    const executable = await provideValkey(() => undefined);
    await setClock(stateDir, 0);
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', stateDir, '--save', ''];
    const server = spawn(executable, [...args, '--maxmemory-policy', 'noeviction'], {
      stdio: 'ignore',
      env: {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: clockFile(stateDir),
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    });
    const started = new MovableValkey(`redis://127.0.0.1:${port}`, server, stateDir);
    try {
      await until('Valkey serves', PATIENCE_MS, () => checkValkey(started.url).then(() => true));
      return started;
    } catch (error) {
      await started.remove();
      throw error;
    }
  }

  /** From now on its clock is so far ahead of the machine's; negative: behind. */
  setAhead(ms: number): Promise<void> {
    return setClock(this.#stateDir, ms);
  }

  async remove(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL');
      await once(this.#process, 'exit');
    }
    await removeStateDir(this.#stateDir);
  }
}

/** In one piece: Valkey may read the file at any time. */
async function setClock(stateDir: string, ms: number): Promise<void> {
  const draft = `${clockFile(stateDir)}.draft`;
  await rm(draft, { force: true });
  await writeFile(draft, `${ms < 0 ? '-' : '+'}${Math.abs(ms) / 1000}\n`);
  await rename(draft, clockFile(stateDir));
}

function clockFile(stateDir: string): string {
  return join(stateDir, 'clock');
}
