import { LambdaContext } from './context.ts';
import type { FunctionLimits } from '../../lambdas/config/function-limits.ts';
import { importHandler } from './handler-module.ts';
import {
  thrown,
  timedOut,
  type FunctionRuntime,
  type Handler,
  type InvocationOutcome,
} from './invocation.ts';

/**
 * Runs a function inside this process, many invocations at once, as Lambda Managed Instances do.
 * Event and reply are handed over as they are, not through JSON: this is the hot path.
 */
export class SharedRuntime implements FunctionRuntime {
  readonly #name: string;
  readonly #settings: FunctionLimits;
  readonly #file: string;
  readonly #inFlight = new Set<Promise<InvocationOutcome>>();
  #handler: Handler | undefined;
  #importing: Promise<Handler> | undefined;

  constructor(name: string, settings: FunctionLimits, file: string) {
    this.#name = name;
    this.#settings = settings;
    this.#file = file;
  }

  run(event: unknown, requestId: string): Promise<InvocationOutcome> {
    const outcome = this.#withDeadline(this.#call(event, requestId), requestId);
    this.#inFlight.add(outcome);
    void outcome.then(() => this.#inFlight.delete(outcome));
    return outcome;
  }

  async close(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  async #call(event: unknown, requestId: string): Promise<InvocationOutcome> {
    try {
      const handler = this.#handler ?? (await this.#import());
      const context = new LambdaContext(this.#name, this.#settings, requestId);
      return { kind: 'returned', value: await handler(event, context) };
    } catch (error) {
      return thrown(error);
    }
  }

  /** A failed import is tried again by the next invocation, as a new environment would. */
  async #import(): Promise<Handler> {
    this.#importing ??= importHandler(this.#file);
    try {
      this.#handler = await this.#importing;
      return this.#handler;
    } finally {
      this.#importing = undefined;
    }
  }

  /** A handler cannot be stopped inside its process: after the time-out its reply is ignored. */
  #withDeadline(call: Promise<InvocationOutcome>, requestId: string): Promise<InvocationOutcome> {
    const { timeoutSeconds } = this.#settings;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve(timedOut(requestId, timeoutSeconds));
      }, timeoutSeconds * 1000);
      void call.then((outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      });
    });
  }
}
