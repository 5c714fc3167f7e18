import type { Clock } from '../../lambdas/domain/deadline.ts';
import type { World } from './world.ts';

/** What becomes of a call over the network. */
export type Fate =
  | 'well'
  /** It runs at once; its answer comes at a later turn. */
  | 'slow'
  | 'request lost'
  | 'reply lost'
  /** The caller gives up waiting; the request arrives some time later all the same. */
  | 'late'
  /** It arrives some time later, and the caller is still waiting. */
  | 'delayed'
  | 'killed before'
  | 'killed after';

/** Something that a process waits for. */
export interface Call {
  readonly isReady: () => boolean;
  readonly go: (fate: Fate) => void;
}

/** What a caller is told when there is no answer. */
export interface CallFaults {
  /** Nothing ran. */
  readonly lost: () => Error;
  /** It may have run. */
  readonly unknown: () => Error;
}

export interface CallOptions {
  readonly isReady?: () => boolean;
  /** Why it is not to be sent any more. */
  readonly refusal?: () => Error | undefined;
  /** Ends with the connection: there is nothing of it that could arrive late. */
  readonly isBrief?: boolean;
  readonly onLost?: () => void;
  /** It is on its way, whatever becomes of the caller. */
  readonly onLate?: () => void;
}

const always = (): boolean => true;

/** One invocation of a function, with clocks of its own; it waits before each call it makes. */
export class SimulatedProcess implements Clock {
  readonly name: string;
  readonly kind: string;
  state: 'awake' | 'frozen' | 'dead' | 'done' = 'awake';
  calls: Call[] = [];
  /** What ends with it: transactions, connections. */
  readonly onKilled = new Set<() => void>();
  readonly #world: World;
  /** Its wall clock, less the true time. */
  #wallOffset = 0;
  #suspendedMs = 0;
  #frozenAt = 0;

  constructor(world: World, kind: string, name: string) {
    this.#world = world;
    this.kind = kind;
    this.name = name;
  }

  now(): number {
    return this.#world.time + this.#wallOffset;
  }

  monotonic(): number {
    return this.#world.time - this.#suspendedMs;
  }

  sleep(ms: number): Promise<void> {
    const world = this.#world;
    if (this.state === 'dead') return new Promise(() => undefined);
    if (world.isCalm) {
      world.time += ms;
      return Promise.resolve();
    }
    const until = this.monotonic() + ms;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#park(always, (fate) => {
      if (isDeadly(fate)) {
        world.kill(this);
        return;
      }
      const left = Math.max(0, until - this.monotonic());
      if (left > 0) world.say(`${left} ms pass until ${this.name} goes on`);
      world.time += left;
      resolve(undefined);
    });
    return promise;
  }

  /** Never back on a machine that was suspended: then both its clocks would be wrong at once. */
  setWall(ms: number): void {
    if (ms > 0 || this.#suspendedMs === 0) this.#wallOffset += ms;
  }

  freeze(): void {
    this.state = 'frozen';
    this.#frozenAt = this.#world.time;
  }

  /** A suspended machine's monotonic clock stood still; that of a stopped process went on. */
  thaw(wasSuspended: boolean): void {
    this.state = 'awake';
    if (wasSuspended && this.#wallOffset >= 0)
      this.#suspendedMs += this.#world.time - this.#frozenAt;
  }

  /** Asks a server: `perform` is what happens there. */
  ask<Result>(
    text: string,
    perform: () => Promise<Result>,
    faults: CallFaults,
    { isReady = always, refusal, isBrief = false, onLost, onLate }: CallOptions = {},
  ): Promise<Result> {
    const world = this.#world;
    const caller = Promise.withResolvers<Result>();
    const { promise, reject } = caller;
    if (this.state === 'dead') return promise;
    if (world.isCalm) return perform();
    this.#park(isReady, (given) => {
      const refused = refusal?.();
      if (refused !== undefined) {
        world.say(`${this.name} ${text}: too late to be sent`);
        reject(refused);
        return;
      }
      const fate = isBrief ? brief(given) : given;
      switch (fate) {
        case 'killed before':
          world.kill(this);
          return;
        case 'request lost':
          world.say(`${this.name} ${text}: the request is lost`);
          onLost?.();
          reject(faults.lost());
          return;
        case 'late':
          world.say(`${this.name} ${text}: the request is delayed, ${this.name} gives up waiting`);
          onLate?.();
          world.network.push({ text: `${this.name} ${text}`, isReady, deliver: perform });
          reject(faults.unknown());
          return;
        case 'delayed':
          world.say(`${this.name} ${text}: the request is delayed`);
          onLate?.();
          world.network.push({
            text: `${this.name} ${text}`,
            isReady,
            deliver: () =>
              perform().then((result) => {
                if (this.state !== 'dead') this.#answer('slow', text, result, caller, faults);
              }, reject),
          });
          return;
        default:
          perform().then(
            (result) => {
              this.#answer(fate, text, result, caller, faults);
            },
            (error: unknown) => {
              world.say(`${this.name} ${text}: it fails (${String(error)})`);
              reject(error);
            },
          );
      }
    });
    return promise;
  }

  #answer<Result>(
    fate: Fate,
    text: string,
    result: Result,
    caller: { resolve: (result: Result) => void; reject: (error: Error) => void },
    faults: CallFaults,
  ): void {
    const world = this.#world;
    const what = `${this.name} ${text}${told(result)}`;
    if (fate === 'reply lost') {
      world.say(`${what}, but the answer is lost`);
      caller.reject(faults.unknown());
    } else if (fate === 'killed after') {
      world.say(what);
      world.kill(this);
    } else if (fate === 'slow') {
      world.say(`${what}; the answer is on its way`);
      this.#park(always, (then) => {
        if (isDeadly(then)) world.kill(this);
        else if (then === 'well' || then === 'slow') {
          world.say(`${this.name} gets its answer`);
          caller.resolve(result);
        } else {
          world.say(`the answer to ${this.name} is lost`);
          caller.reject(faults.unknown());
        }
      });
    } else {
      world.say(what);
      caller.resolve(result);
    }
  }

  #park(isReady: () => boolean, go: (fate: Fate) => void): void {
    this.calls.push({ isReady, go });
    this.#world.activity += 1;
  }
}

export function isDeadly(fate: Fate): boolean {
  return fate === 'killed before' || fate === 'killed after';
}

function brief(fate: Fate): Fate {
  if (fate === 'slow') return 'well';
  if (fate === 'killed after') return 'killed before';
  return fate === 'reply lost' || fate === 'late' || fate === 'delayed' ? 'request lost' : fate;
}

/** A result in a word or two. */
function told(result: unknown): string {
  if (result === undefined) return '';
  if (typeof result !== 'object' || result === null) return `: ${JSON.stringify(result)}`;
  const { kind, reason, why, epoch } = result as Record<string, string | number | undefined>;
  const words = [kind, reason, why, epoch === undefined ? undefined : `epoch ${epoch}`];
  const found = words.filter((word) => word !== undefined);
  return found.length === 0 ? '' : `: ${found.join(', ')}`;
}
