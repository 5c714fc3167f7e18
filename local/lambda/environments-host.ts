import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EnvironmentPool } from './environment-pool.ts';
import { Environment } from './environment.ts';
import type { FunctionLimits } from '../../lambdas/config/function-limits.ts';
import { LOCAL_REGION } from './functions.ts';
import { Watchdog } from './watchdog.ts';

export interface EnvironmentsOptions {
  /** The most environments of one function, at least 1. */
  readonly limit: number;
  /** Where `environment-<function>-<n>.pid` files are kept while an environment lives. */
  readonly pidsDir: string;
  /** Takes what the functions write to stdout and stderr. */
  readonly logFile: string;
}

/** What the environments of all functions share: the log, the pid files and the watchdog. */
export class EnvironmentsHost {
  readonly #options: EnvironmentsOptions;
  readonly #watchdog = new Watchdog();
  readonly #logDescriptor: number;

  constructor(options: EnvironmentsOptions) {
    this.#options = options;
    mkdirSync(options.pidsDir, { recursive: true });
    mkdirSync(dirname(options.logFile), { recursive: true });
    this.#logDescriptor = openSync(options.logFile, 'a');
  }

  pool(functionName: string, settings: FunctionLimits, file: string): EnvironmentPool {
    const pidFile = (slot: number): string =>
      join(this.#options.pidsDir, `environment-${functionName}-${slot}.pid`);
    // Read when an environment starts: the stack learns some of them after its pools exist.
    const variables = (): NodeJS.ProcessEnv => ({
      AWS_REGION: LOCAL_REGION,
      ...process.env,
      AWS_LAMBDA_FUNCTION_NAME: functionName,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    });
    return new EnvironmentPool({
      limit: this.#options.limit,
      start: () =>
        new Environment({
          functionName,
          settings,
          handlerFile: file,
          variables: variables(),
          marker: this.#options.pidsDir,
          logDescriptor: this.#logDescriptor,
        }),
      onStart: (slot, pid) => {
        if (pid === 0) return;
        writeFileSync(pidFile(slot), `${pid}\n`);
        this.#watchdog.watch(pid);
      },
      onEnd: (slot, pid) => {
        rmSync(pidFile(slot), { force: true });
        this.#watchdog.forget(pid);
      },
    });
  }

  /** After the pools: nothing may log or start any more. */
  async close(): Promise<void> {
    await this.#watchdog.close();
    closeSync(this.#logDescriptor);
  }
}
