import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { FunctionLimits } from '../../lambdas/config/function-limits.ts';
import { thrown, timedOut, type FunctionError, type InvocationOutcome } from './invocation.ts';

/** From the child: it is up, it could not be built, or its invocation has ended. */
export type EnvironmentMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'broken' | 'failed'; readonly error: FunctionError }
  | { readonly type: 'returned'; readonly value: unknown };

export interface EnvironmentRequest {
  readonly requestId: string;
  readonly event: unknown;
}

export interface EnvironmentOptions {
  readonly functionName: string;
  readonly settings: FunctionLimits;
  readonly handlerFile: string;
  readonly variables: NodeJS.ProcessEnv;
  /** Carried on the command line and otherwise unused: tells ours from strangers (leftovers.ts). */
  readonly marker: string;
  /** File descriptor that takes what the function writes to stdout and stderr. */
  readonly logDescriptor: number;
}

interface InFlight {
  readonly requestId: string;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (outcome: InvocationOutcome) => void;
}

const MAIN = join(import.meta.dirname, 'environment-main.ts');

/** Lambda gives an environment 10 s to start; two shared cores starting many need longer. */
const START_TIMEOUT_MS = 60_000;

/** One child process: runs one invocation at a time and is stopped (SIGSTOP) in between. */
export class Environment {
  readonly pid: number;
  /** Resolves when it can be invoked, or with the reason why it never will be. */
  readonly ready: Promise<FunctionError | undefined>;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #settings: FunctionLimits;
  #inFlight: InFlight | undefined;
  /** Set with SIGKILL: the end is certain, although its event is still to come. */
  #doomed = false;

  constructor(options: EnvironmentOptions) {
    this.#settings = options.settings;
    this.#child = fork(
      MAIN,
      [options.handlerFile, options.functionName, JSON.stringify(options.settings), options.marker],
      {
        env: options.variables,
        execArgv: [],
        // In its own session: Ctrl-C in the terminal is the parent's to handle.
        detached: true,
        stdio: ['ignore', options.logDescriptor, options.logDescriptor, 'ipc'],
      },
    );
    // 0 when the system could not start it; `ended` follows at once.
    this.pid = this.#child.pid ?? 0;
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#settle(exited(this.#inFlight?.requestId ?? '', code, signal));
        resolve();
      });
      this.#child.once('error', (error) => {
        this.#settle(thrown(error));
        if (this.pid === 0) resolve();
      });
    });
    this.ready = this.#awaitReady();
    this.#child.on('message', (message: EnvironmentMessage) => {
      if (message.type === 'returned') this.#settle({ kind: 'returned', value: message.value });
      if (message.type === 'failed') this.#settle({ kind: 'failed', error: message.error });
    });
  }

  get alive(): boolean {
    const { exitCode, signalCode } = this.#child;
    return exitCode === null && signalCode === null && this.pid !== 0 && !this.#doomed;
  }

  /** Wakes the environment, runs one invocation and freezes it again. */
  async run(event: unknown, requestId: string): Promise<InvocationOutcome> {
    const outcome = await new Promise<InvocationOutcome>((resolve) => {
      const { timeoutSeconds } = this.#settings;
      const timer = setTimeout(() => {
        this.kill();
        this.#settle(timedOut(requestId, timeoutSeconds));
      }, timeoutSeconds * 1000);
      this.#inFlight = { requestId, timer, resolve };
      this.#child.kill('SIGCONT');
      this.#child.send({ requestId, event } satisfies EnvironmentRequest, (error) => {
        if (error !== null) this.#settle(thrown(error));
      });
    });
    this.freeze();
    return outcome;
  }

  freeze(): void {
    if (this.alive) this.#child.kill('SIGSTOP');
  }

  /** Ends it at once; SIGKILL also reaches a stopped process. */
  kill(): void {
    this.#doomed = true;
    this.#child.kill('SIGKILL');
  }

  #settle(outcome: InvocationOutcome): void {
    const inFlight = this.#inFlight;
    if (inFlight === undefined) return;
    this.#inFlight = undefined;
    clearTimeout(inFlight.timer);
    inFlight.resolve(outcome);
  }

  #awaitReady(): Promise<FunctionError | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve({ errorType: 'Sandbox.Timedout', errorMessage: 'The environment did not start' });
        this.kill();
      }, START_TIMEOUT_MS);
      this.#child.once('message', (message: EnvironmentMessage) => {
        clearTimeout(timer);
        resolve(message.type === 'broken' ? message.error : undefined);
      });
      void this.ended.then(() => {
        clearTimeout(timer);
        resolve({ errorType: 'Runtime.ExitError', errorMessage: 'The environment did not start' });
      });
    });
  }
}

function exited(
  requestId: string,
  code: number | null,
  signal: NodeJS.Signals | null,
): InvocationOutcome {
  const reason =
    signal === null
      ? `exit status ${code ?? 0}`
      : `signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
  return {
    kind: 'failed',
    error: {
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${reason}`,
    },
  };
}
