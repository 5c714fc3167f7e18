import { setTimeout as sleep } from 'node:timers/promises';
import type { Struck } from './faults/strike.ts';
import type { RehearsalOptions } from './options.ts';
import type { Progress } from './progress.ts';
import type { Venue } from './venue/venue.ts';

/** The faults of a rehearsal, each at its moment. */
export class Striking {
  readonly struck: Struck[] = [];
  readonly #venue: Venue;
  readonly #faults: RehearsalOptions['faults'];
  readonly #progress: Progress;
  #running: Promise<unknown> = Promise.resolve();

  constructor(venue: Venue, faults: RehearsalOptions['faults'], progress: Progress) {
    this.#venue = venue;
    this.#faults = faults;
    this.#progress = progress;
  }

  begin(): void {
    this.#running = Promise.all(
      this.#faults.map(async ({ name, atSeconds }) => {
        await sleep(atSeconds * 1000);
        this.#progress.say(name);
        const struck = await this.#venue.strike(name);
        this.struck.push(struck);
        this.#progress.say(`${name} is over after ${struck.healedAt - struck.struckAt} ms`);
      }),
    );
    // Whoever waits for the end gets it.
    this.#running.catch(() => undefined);
  }

  /** @throws Error if one could not be done */
  async end(): Promise<void> {
    await this.#running;
  }
}
