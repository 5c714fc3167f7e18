import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readEndpoints, type Endpoints } from './endpoints.ts';
import { repositoryRoot, statePaths } from './state.ts';

/** Starting alone takes some 4 s; two cores that others use as well take much longer. */
const START_PATIENCE_MS = 90_000;

export interface StackProcessOptions {
  readonly stateDir: string;
  /** Whose code runs; this one unless given. */
  readonly checkout?: string | undefined;
  /** Processes a function; without it the functions share the stack's process. */
  readonly environments?: number | undefined;
  /** More of the stack's environment variables. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
}

/** A stack as `npm start` starts it, in a process of its own, on free ports. */
export class StackProcess {
  readonly endpoints: Endpoints;
  readonly #child: ChildProcess;

  private constructor(endpoints: Endpoints, child: ChildProcess) {
    this.endpoints = endpoints;
    this.#child = child;
  }

  /** Resolves when the stack says that it is ready; one that fails to start is ended. */
  static async start(options: StackProcessOptions): Promise<StackProcess> {
    const main = join(options.checkout ?? repositoryRoot, 'local', 'main.ts');
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...variablesOf(options) },
    });
    let output = '';
    const ready = new Promise<boolean>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
          if (output.includes('ready;')) resolve(true);
        });
      }
      child.once('exit', () => {
        resolve(false);
      });
      setTimeout(resolve, START_PATIENCE_MS, false).unref();
    });
    const endpoints = (await ready) ? await readEndpoints(statePaths(options.stateDir)) : undefined;
    if (endpoints !== undefined) return new StackProcess(endpoints, child);
    await ended(child, 'SIGTERM');
    throw new Error(`the stack does not start:\n${output}`);
  }

  /** As Ctrl-C does. Returns the exit code, or the signal that ended it. */
  interrupt(): Promise<number | string | null> {
    return ended(this.#child, 'SIGINT');
  }

  /** At once and alone: its servers stay, and nobody starts them again. */
  kill(): void {
    this.#child.kill('SIGKILL');
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

function variablesOf({ stateDir, environments, variables }: StackProcessOptions) {
  return {
    COUPON_STATE_DIR: stateDir,
    COUPON_PORT: '0',
    COUPON_ISSUER_PORT: '0',
    COUPON_ENVIRONMENTS: String(environments ?? 0),
    ...variables,
  };
}
