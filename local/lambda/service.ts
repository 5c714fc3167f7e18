import { randomUUID } from 'node:crypto';
import { AsynchronousQueue } from './asynchronous.ts';
import { EnvironmentsHost, type EnvironmentsOptions } from './environments-host.ts';
import { functionLimits } from '../../lambdas/config/function-limits.ts';
import { handlerFile, type FunctionTable } from './functions.ts';
import type { FunctionRuntime, InvocationOutcome } from './invocation.ts';
import { SharedRuntime } from './shared-runtime.ts';

export interface LambdaServiceOptions {
  /** Holds `<function>/index.ts` for each function. */
  readonly directory: string;
  readonly functions?: FunctionTable;
  /** Absent: handlers run in this process, many at once. */
  readonly environments?: EnvironmentsOptions;
  /** Every failed invocation, for the log; on AWS this would be the `Errors` metric. */
  readonly onFailure?: (functionName: string, outcome: InvocationOutcome) => void;
}

export interface InvokeOptions {
  readonly type?: 'RequestResponse' | 'Event';
}

/** A stand-in for the Lambda service: runs functions by name. */
export class LambdaService {
  readonly #runtimes = new Map<string, FunctionRuntime>();
  readonly #host: EnvironmentsHost | undefined;
  readonly #queue: AsynchronousQueue;
  readonly #onFailure: (functionName: string, outcome: InvocationOutcome) => void;
  #closed: Promise<void> | undefined;

  constructor(options: LambdaServiceOptions) {
    const { environments } = options;
    this.#host = environments === undefined ? undefined : new EnvironmentsHost(environments);
    this.#onFailure = options.onFailure ?? (() => undefined);
    for (const [name, settings] of Object.entries(options.functions ?? functionLimits)) {
      const file = handlerFile(options.directory, name);
      this.#runtimes.set(
        name,
        this.#host?.pool(name, settings, file) ?? new SharedRuntime(name, settings, file),
      );
    }
    this.#queue = new AsynchronousQueue(
      (name, event) => this.#run(name, event),
      (name, outcome) => {
        this.#onFailure(`${name} (given up)`, outcome);
      },
    );
  }

  has(functionName: string): boolean {
    return this.#runtimes.has(functionName);
  }

  /**
   * Runs a function. A function's own fault is an outcome, never thrown; an `Event` invocation is
   * accepted at once and tried up to three times.
   * @throws Error when there is no function of that name
   */
  invoke(name: string, event: unknown, options?: InvokeOptions): Promise<InvocationOutcome> {
    if (options?.type !== 'Event') return this.#run(name, event);
    if (!this.has(name)) throw new Error(`No function ${name}`);
    this.#queue.add(name, event);
    return Promise.resolve({ kind: 'accepted' });
  }

  /** Lets what is in flight finish, then ends the environments. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#queue.close();
    await Promise.all([...this.#runtimes.values()].map((runtime) => runtime.close()));
    await this.#host?.close();
  }

  async #run(name: string, event: unknown): Promise<InvocationOutcome> {
    const runtime = this.#runtimes.get(name);
    if (runtime === undefined) throw new Error(`No function ${name}`);
    const outcome = await runtime.run(event, randomUUID());
    if (outcome.kind !== 'returned') this.#onFailure(name, outcome);
    return outcome;
  }
}
