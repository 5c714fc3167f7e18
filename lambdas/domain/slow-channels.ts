import type { Clock } from './deadline.ts';
import type { Channel } from './notification.ts';

/** What a process remembers of channels that take longer than it can wait. */
export class SlowChannels {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** By the monotonic clock. */
  readonly #leftUntil = new Map<Channel, number>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** For so long others send through it. */
  leave(channel: Channel, ms: number): void {
    this.#leftUntil.set(channel, this.#clock.monotonic() + ms);
  }

  isLeft(channel: Channel): boolean {
    return this.#clock.monotonic() < (this.#leftUntil.get(channel) ?? 0);
  }
}
