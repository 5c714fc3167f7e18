import { setTimeout as sleep } from 'node:timers/promises';
import type { Operator, Sight } from '../operator.ts';

const LOOK_MS = 500;

/** Looks at the event as an operator does, until it is over. */
export class Watch {
  /** `atMs` after the beginning. */
  readonly sights: (Sight & { readonly atMs: number })[] = [];
  readonly #operator: Operator;
  readonly #couponId: string;
  readonly #over = new AbortController();

  constructor(operator: Operator, couponId: string) {
    this.#operator = operator;
    this.#couponId = couponId;
  }

  get latest(): Sight | undefined {
    return this.sights.at(-1);
  }

  /** @param begunAt milliseconds since 1970 */
  begin(begunAt: number): void {
    void this.#look(begunAt);
  }

  end(): void {
    this.#over.abort();
  }

  async #look(begunAt: number): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      const sight = await this.#operator.look(this.#couponId);
      if (sight !== undefined) this.sights.push({ ...sight, atMs: Date.now() - begunAt });
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
