import type { ChannelTurn, DueOrder } from './notification-ledger.ts';
import type { Channel } from './notification.ts';

/** How one channel may be used. */
export interface ChannelPace {
  readonly perSecond: number;
  /** Attempts at the same time. */
  readonly concurrency: number;
  /** Milliseconds for one attempt. */
  readonly timeoutMs: number;
  /** Failures in a row after which the channel pauses: the others' tries are not spent on it. */
  readonly pausesAfter: number;
}

/** When what failed is tried again. */
export interface BackOff {
  readonly firstMs: number;
  readonly mostMs: number;
  /** All attempts of one notification. */
  readonly tries: number;
}

export interface DeliverySettings {
  readonly paces: Readonly<Record<Channel, ChannelPace>>;
  readonly backOff: BackOff;
  /** Of a channel whose attempts fail in a row; its `tries` mean nothing. */
  readonly pauses: BackOff;
  /** How long one that was taken, and a channel, is kept from others without a sign of life. */
  readonly takenMs: number;
  /** Taken at once, at most. */
  readonly chunkSize: number;
}

/**
 * Milliseconds until the next attempt: anything up to twice as long as before (full jitter), so
 * that what failed together does not come again together; never sooner than the channel asks for.
 *
 * @param tries so far
 * @param random from 0 to 1
 */
export function backOffMs(
  { firstMs, mostMs }: BackOff,
  tries: number,
  random: number,
  retryAfterMs = 0,
): number {
  const most = Math.min(mostMs, firstMs * 2 ** (tries - 1));
  return Math.ceil(Math.min(mostMs, Math.max(random * most, retryAfterMs)));
}

/** A channel while one sender has it: when the next may be sent, and how many have failed in a row. */
export class SendingPace {
  readonly #pace: ChannelPace;
  readonly #pauses: BackOff;
  #failures: number;
  #isOnTrial: boolean;
  #hasFailed = false;
  #takes = 0;
  /** By the monotonic clock. */
  #next: number;

  /** @param pauses of a channel whose attempts fail in a row */
  constructor(pace: ChannelPace, pauses: BackOff, turn: ChannelTurn, now: number) {
    this.#pace = pace;
    this.#pauses = pauses;
    this.#failures = turn.failures;
    this.#isOnTrial = turn.failures >= pace.pausesAfter;
    this.#next = now + turn.waitMs;
  }

  /** The channel failed when it was used last: one attempt tells whether it is back. */
  get isOnTrial(): boolean {
    return this.#isOnTrial;
  }

  /** The channel fails: nothing more is begun in this turn. */
  get isStopped(): boolean {
    return this.#hasFailed && this.#failures >= this.#pace.pausesAfter;
  }

  /** What fails by itself is not to be all that is tried: trials take from both ends in turn. */
  nextOrder(): DueOrder {
    if (!this.#isOnTrial) return 'oldest';
    const trial = this.#failures - this.#pace.pausesAfter + this.#takes;
    this.#takes += 1;
    return trial % 2 === 0 ? 'newest' : 'oldest';
  }

  /** When the next may be sent: takes the place. Milliseconds of the monotonic clock. */
  nextSlot(now: number): number {
    const slot = Math.max(now, this.#next);
    this.#next = slot + 1_000 / this.#pace.perSecond;
    return slot;
  }

  /** The slot was not used. */
  giveBack(): void {
    this.#next -= 1_000 / this.#pace.perSecond;
  }

  passed(): void {
    this.#failures = 0;
    this.#isOnTrial = false;
  }

  /** @param waitMs for so long the channel takes nothing, as it says itself */
  failed(now: number, waitMs = 0): void {
    this.#hasFailed = true;
    // Those that were under way when the channel began to fail are no trials: the first pause is
    // the shortest, however many they were.
    this.#failures = this.#isOnTrial
      ? this.#failures + 1
      : Math.min(this.#failures + 1, this.#pace.pausesAfter);
    this.#next = Math.max(this.#next, now + Math.min(waitMs, this.#pauses.mostMs));
  }

  /** How the next sender finds the channel. It pauses only if it has failed in this turn. */
  turn(now: number): ChannelTurn & { readonly pauseMs: number } {
    const beyond = this.#failures - this.#pace.pausesAfter;
    const { firstMs, mostMs } = this.#pauses;
    return {
      waitMs: Math.max(0, this.#next - now),
      failures: this.#failures,
      pauseMs: this.isStopped ? Math.min(mostMs, firstMs * 2 ** Math.min(beyond, 20)) : 0,
    };
  }
}
