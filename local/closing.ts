import { setTimeout as sleep } from 'node:timers/promises';

/** What has been started, to be ended in the opposite order. */
export class Closing {
  readonly #steps: { name: string; patienceMs: number; close: () => Promise<void> }[] = [];
  readonly #hurry = new AbortController();
  readonly #report: (line: string) => void;
  #running: Promise<void> | undefined;

  constructor(report: (line: string) => void) {
    this.#report = report;
  }

  /** @param patienceMs after which the next step follows all the same */
  add(name: string, patienceMs: number, close: () => Promise<void>): void {
    this.#steps.push({ name, patienceMs, close });
  }

  /** Ends everything, once; never rejects. */
  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  /** Waits no longer for what is in flight; servers are still stopped in order. */
  hurry(): void {
    this.#hurry.abort();
  }

  async #run(): Promise<void> {
    for (const { name, patienceMs, close } of this.#steps.reverse()) {
      const over = new AbortController();
      const impatience = Number.isFinite(patienceMs)
        ? sleep(patienceMs, 'late', { signal: AbortSignal.any([over.signal, this.#hurry.signal]) })
        : new Promise<never>(() => undefined);
      const outcome = await Promise.race([
        close().then(
          () => 'closed',
          (error: unknown) => `failed: ${String(error)}`,
        ),
        impatience.catch(() => 'late'),
      ]);
      over.abort();
      if (outcome !== 'closed') this.#report(`Not waited for: ${name} (${outcome})`);
    }
  }
}
