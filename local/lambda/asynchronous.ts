import { setTimeout as sleep } from 'node:timers/promises';
import type { InvocationOutcome } from './invocation.ts';

/** Lambda retries a failed asynchronous invocation twice, after 1 and 2 minutes; here in seconds. */
const RETRY_DELAYS_MS = [1000, 2000];

/** Lambda's queue of asynchronous (`Event`) invocations. */
export class AsynchronousQueue {
  readonly #invoke: (name: string, event: unknown) => Promise<InvocationOutcome>;
  readonly #onDropped: (name: string, outcome: InvocationOutcome) => void;
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(
    invoke: (name: string, event: unknown) => Promise<InvocationOutcome>,
    onDropped: (name: string, outcome: InvocationOutcome) => void,
  ) {
    this.#invoke = invoke;
    this.#onDropped = onDropped;
  }

  add(name: string, event: unknown): void {
    const run = this.#run(name, event);
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run));
  }

  /** Waits for attempts in flight; further attempts are not made. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#running);
  }

  async #run(name: string, event: unknown): Promise<void> {
    for (const delay of [...RETRY_DELAYS_MS, undefined]) {
      const outcome = await this.#invoke(name, event);
      if (outcome.kind === 'returned') return;
      if (delay === undefined || this.#closing.signal.aborted) {
        this.#onDropped(name, outcome);
        return;
      }
      await sleep(delay, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }
}
