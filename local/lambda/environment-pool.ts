import type { Environment } from './environment.ts';
import type { FunctionRuntime, InvocationOutcome } from './invocation.ts';

/** Beyond this many waiting requests a further one is throttled. */
const MAX_WAITING = 2000;

export interface PoolOptions {
  /** The most environments at once, at least 1. */
  readonly limit: number;
  /** Starts a process; the pool then names it by the lowest free slot, from 1. */
  readonly start: () => Environment;
  readonly onStart: (slot: number, pid: number) => void;
  readonly onEnd: (slot: number, pid: number) => void;
}

interface Waiting {
  readonly event: unknown;
  readonly requestId: string;
  readonly resolve: (outcome: InvocationOutcome) => void;
}

/** The environments of one function: started on demand, frozen when idle, replaced when dead. */
export class EnvironmentPool implements FunctionRuntime {
  readonly #options: PoolOptions;
  readonly #living = new Map<number, Environment>();
  /** Last in, first out, as Lambda does: the rest may stay frozen. */
  readonly #idle: Environment[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #inFlight = new Set<Promise<InvocationOutcome>>();
  #starting = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  run(event: unknown, requestId: string): Promise<InvocationOutcome> {
    if (this.#waiting.length >= MAX_WAITING) return Promise.resolve({ kind: 'throttled' });
    const outcome = new Promise<InvocationOutcome>((resolve) => {
      this.#waiting.push({ event, requestId, resolve });
    });
    this.#inFlight.add(outcome);
    void outcome.then(() => this.#inFlight.delete(outcome));
    this.#dispatch();
    return outcome;
  }

  async close(): Promise<void> {
    await Promise.all(this.#inFlight);
    this.kill();
    await Promise.all([...this.#living.values()].map((environment) => environment.ended));
  }

  /** Ends every environment now; what is in flight fails. */
  kill(): void {
    for (const environment of this.#living.values()) environment.kill();
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const environment = this.#idle.pop();
      if (environment === undefined) break;
      if (environment.alive) void this.#serve(environment);
    }
    // A request that waits takes whichever comes first: a new environment or a freed one.
    while (this.#starting < this.#waiting.length && this.#living.size < this.#options.limit) {
      void this.#startOne();
    }
  }

  async #serve(environment: Environment): Promise<void> {
    const request = this.#waiting.shift();
    if (request === undefined) {
      environment.freeze();
      this.#idle.push(environment);
      return;
    }
    request.resolve(await environment.run(request.event, request.requestId));
    if (environment.alive) this.#idle.push(environment);
    this.#dispatch();
  }

  async #startOne(): Promise<void> {
    const slot = this.#freeSlot();
    const environment = this.#options.start();
    this.#living.set(slot, environment);
    this.#options.onStart(slot, environment.pid);
    void environment.ended.then(() => {
      this.#living.delete(slot);
      this.#options.onEnd(slot, environment.pid);
      this.#dispatch();
    });
    this.#starting++;
    const problem = await environment.ready;
    this.#starting--;
    if (problem === undefined) {
      await this.#serve(environment);
      return;
    }
    // The request that asked for it fails; else a broken function would be started forever.
    this.#waiting.shift()?.resolve({ kind: 'failed', error: problem });
    environment.kill();
  }

  #freeSlot(): number {
    let slot = 1;
    while (this.#living.has(slot)) slot++;
    return slot;
  }
}
