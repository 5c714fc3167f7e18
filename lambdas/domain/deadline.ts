/** Time as the decisions see it; an argument everywhere, so that tests can move it. */
export interface Clock {
  /** Milliseconds since 1970 (UTC). */
  now(): number;
  /** Milliseconds from any fixed point; never goes back. */
  monotonic(): number;
  sleep(ms: number): Promise<void>;
}

/**
 * A point in time by two clocks. A frozen machine stops its monotonic clock, a set clock moves
 * the wall: only both together tell that a budget is really not used up.
 */
export interface Deadline {
  readonly monotonic: number;
  readonly wall: number;
}

export function deadlineAfter(clock: Clock, ms: number): Deadline {
  return { monotonic: clock.monotonic() + ms, wall: clock.now() + ms };
}

/** Milliseconds left by the clock that has less; zero or below once the deadline is past. */
export function remainingMs(clock: Clock, deadline: Deadline): number {
  return Math.min(deadline.monotonic - clock.monotonic(), deadline.wall - clock.now());
}

export function isPast(clock: Clock, deadline: Deadline): boolean {
  return remainingMs(clock, deadline) <= 0;
}
