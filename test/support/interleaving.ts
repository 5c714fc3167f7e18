import { setImmediate } from 'node:timers/promises';

/** Repeatable chance (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Lets several processes run one step at a time, in an order that chance decides: each waits for
 * its turn before and after whatever it asks of a server.
 */
export class Interleaving {
  readonly random: () => number;
  #waiting: (() => void)[] = [];
  #running = 0;
  /** Counts the turns taken so far. */
  now = 0;

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Starts a process; `run` goes on until it has ended. */
  start(process: () => Promise<void>): void {
    this.#running += 1;
    void this.turn()
      .then(process)
      .finally(() => {
        this.#running -= 1;
      });
  }

  /** Gives turns until all processes have ended. @param afterTurn looks at what became of it */
  async run(afterTurn: () => void = () => undefined): Promise<void> {
    while (this.#running > 0) {
      // Whoever has had a turn comes to its next wait by promises alone.
      await setImmediate();
      afterTurn();
      if (this.#waiting.length === 0) {
        if (this.#running > 0) continue;
        return;
      }
      const [next] = this.#waiting.splice(Math.floor(this.random() * this.#waiting.length), 1);
      this.now += 1;
      next?.();
    }
  }
}
