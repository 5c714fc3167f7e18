import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface CrowdOptions {
  /** Presses a second, evenly spaced, whatever the answers are like. */
  readonly rate: number;
  readonly seconds: number;
  /** Different people among them, at most. */
  readonly users: number;
  readonly seed: number;
}

/** One press of the button. */
export interface Press {
  /** Milliseconds after the beginning. */
  readonly atMs: number;
  /** From 0; the same number is the same person. */
  readonly user: number;
}

/** What a user does about an answer that promises nothing: asks again, or goes away annoyed. */
export type Temper = 'patient' | 'gives up';

/** One in so many presses twice within a quarter of a second. */
const DOUBLE_CLICKER = 10;
const SECOND_CLICK_MS = { min: 30, max: 250 };
/** One in so many waits for no answer longer than a second, and never comes back. */
const HASTY = 20;

/**
 * Who presses when: exactly `rate · seconds` presses at even distances. New users come all the
 * time; the rest are double clicks, and people who press again though they had an answer. The same
 * seed makes the same crowd.
 */
export function crowdOf({ rate, seconds, users, seed }: CrowdOptions): Press[] {
  const random = xoroshiro128plus(seed);
  const below = (limit: number): number => uniformInt(random, 0, limit - 1);
  const total = Math.round(rate * seconds);
  const presses: Press[] = [];
  /** Second clicks to come, by the number of the press. */
  const due = new Map<number, number>();
  let come = 0;
  for (let i = 0; i < total; i += 1) {
    const again = due.get(i);
    const isNew = again === undefined && isNextNew(users - come, total - i, come, below);
    const user = again ?? (isNew ? come : below(come));
    if (isNew) {
      come += 1;
      if (user % DOUBLE_CLICKER === 0) {
        const waitMs = SECOND_CLICK_MS.min + below(SECOND_CLICK_MS.max - SECOND_CLICK_MS.min);
        due.set(i + Math.max(1, Math.round((waitMs * rate) / 1000)), user);
      }
    }
    presses.push({ atMs: (i * 1000) / rate, user });
  }
  return presses;
}

/** New users are spread over the whole time. */
function isNextNew(
  missing: number,
  left: number,
  come: number,
  below: (limit: number) => number,
): boolean {
  if (missing <= 0) return false;
  return come === 0 || below(left) < missing;
}

export function temperOf(user: number): Temper {
  return user % HASTY === HASTY - 1 ? 'gives up' : 'patient';
}
