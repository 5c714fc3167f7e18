import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoints } from '../../local/endpoints.ts';
import { until } from './until.ts';

const MAIN = join(import.meta.dirname, '../../local/main.ts');

/** Starting alone takes some 4 s; two cores that others use as well take much longer. */
const START_PATIENCE_MS = 90_000;
const END_PATIENCE_MS = 30_000;

export interface StackOptions {
  /** Keeps the data; a new one of its own unless given. */
  readonly stateDir?: string;
  /** Processes a function; without it the functions share the stack's process. */
  readonly environments?: number;
  /** More of the stack's environment variables. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A stack as `npm start` starts it, in a process of its own, on free ports. */
export class TestStack {
  readonly stateDir: string;
  readonly endpoints: Endpoints;
  readonly #child: ChildProcess;

  private constructor(stateDir: string, endpoints: Endpoints, child: ChildProcess) {
    this.stateDir = stateDir;
    this.endpoints = endpoints;
    this.#child = child;
  }

  /** Resolves when the stack says that it is ready; a stack that fails to start is ended. */
  static async start(options: StackOptions = {}): Promise<TestStack> {
    const stateDir = options.stateDir ?? (await newStateDir());
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...variablesOf(stateDir, options) },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    try {
      await until('the stack is ready', START_PATIENCE_MS, () => {
        if (child.exitCode !== null || child.signalCode !== null) return true;
        return output.includes('ready;') || undefined;
      });
      if (!output.includes('ready;')) throw new Error('the stack ended');
      const text = await readFile(join(stateDir, 'endpoints.json'), 'utf8');
      return new TestStack(stateDir, JSON.parse(text) as Endpoints, child);
    } catch (error) {
      await ended(child, 'SIGTERM');
      if (options.stateDir === undefined) await removeStateDir(stateDir);
      throw new Error(`the stack does not start:\n${output}`, { cause: error });
    }
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
    return ended(this.#child, 'SIGINT');
  }

  /** `kill -9` of every process of the stack, the one that would start others again first. */
  async killEverything(): Promise<void> {
    const pids = await this.pids();
    this.#child.kill('SIGKILL');
    for (const pid of pids.values()) killed(pid);
    await until('everything is gone', END_PATIENCE_MS, () =>
      [...pids.values()].some(isAlive) ? undefined : true,
    );
  }

  /** Ends it and forgets its data. */
  async remove(): Promise<void> {
    await this.interrupt();
    await removeStateDir(this.stateDir);
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

/** Sends the signal unless it has ended; returns the exit code, or the signal that ended it. */
async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode ?? child.signalCode;
}

function killed(pid: number): void {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}

function variablesOf(
  stateDir: string,
  { environments, variables }: StackOptions,
): Record<string, string> {
  return {
    COUPON_STATE_DIR: stateDir,
    COUPON_PORT: '0',
    COUPON_ISSUER_PORT: '0',
    COUPON_ENVIRONMENTS: String(environments ?? 0),
    ...variables,
  };
}
