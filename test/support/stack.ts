import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoints } from '../../local/endpoints.ts';
import { StackProcess, type StackProcessOptions } from '../../local/stack-process.ts';
import { leaksOf } from './leaks.ts';
import { until } from './until.ts';

const END_PATIENCE_MS = 30_000;

export interface StackOptions extends Omit<StackProcessOptions, 'stateDir'> {
  /** Keeps the data; a new one of its own unless given. */
  readonly stateDir?: string;
}

/** A stack that a test may look into and break. */
export class TestStack {
  readonly stateDir: string;
  readonly #process: StackProcess;

  private constructor(stateDir: string, process: StackProcess) {
    this.stateDir = stateDir;
    this.#process = process;
  }

  /** Resolves when the stack says that it is ready; a stack that fails to start is ended. */
  static async start(options: StackOptions = {}): Promise<TestStack> {
    const stateDir = options.stateDir ?? (await newStateDir());
    try {
      const variables = { COUPON_LOG_LEVEL: 'DEBUG', ...options.variables };
      return new TestStack(stateDir, await StackProcess.start({ ...options, variables, stateDir }));
    } catch (error) {
      if (options.stateDir === undefined) await removeStateDir(stateDir);
      throw error;
    }
  }

  get endpoints(): Endpoints {
    return this.#process.endpoints;
  }

  /** The stack's processes by the names of their pid files: `main`, `kafka`, `environment-issue-1` … */
  async pids(): Promise<Map<string, number>> {
    const { pids } = this.endpoints;
    const files = (await readdir(pids)).filter((file) => file.endsWith('.pid'));
    const entries = files.map(async (file): Promise<[string, number]> => {
      // An environment that ends meanwhile takes its file along.
      const text = await readFile(join(pids, file), 'utf8').catch(() => '');
      return [file.slice(0, -'.pid'.length), Number.parseInt(text, 10)];
    });
    return new Map((await Promise.all(entries)).filter(([, pid]) => pid > 1));
  }

  async pid(name: string): Promise<number> {
    const pid = (await this.pids()).get(name);
    if (pid === undefined) throw new Error(`there is no ${name}`);
    return pid;
  }

  /** As Ctrl-C does. Returns the exit code, or the signal that ended it. */
  interrupt(): Promise<number | string | null> {
    return this.#process.interrupt();
  }

  /** `kill -9` of every process of the stack, the one that would start others again first. */
  async killEverything(): Promise<void> {
    const pids = await this.pids();
    this.#process.kill();
    for (const pid of pids.values()) killed(pid);
    await until('everything is gone', END_PATIENCE_MS, () =>
      [...pids.values()].some(isAlive) ? undefined : true,
    );
  }

  /**
   * Ends it and forgets its data.
   *
   * @throws Error when its functions have logged what has no place in a log
   */
  async remove(): Promise<void> {
    await this.interrupt();
    const leaks = await leaksOf(this.stateDir);
    await removeStateDir(this.stateDir);
    if (leaks.length > 0) throw new Error(`the functions' log has\n${leaks.join('\n')}`);
  }
}

export function newStateDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'coupon-flow-'));
}

export async function removeStateDir(stateDir: string): Promise<void> {
  await rm(stateDir, { recursive: true, force: true });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function killed(pid: number): void {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}
