/** How fast a coupon goes, from what was given at the moments it was asked. */

export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly given: number;
}

/** More than the widest terminal shows. */
const KEPT_MS = 10 * 60_000;
/** A clock that is set back by more begins a new history. */
const CLOCK_STEP_MS = 60_000;

/** The samples in the order of their times; one that says nothing new is left out. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last === undefined || sample.at < last.at - CLOCK_STEP_MS) return [sample];
  if (sample.at <= last.at) return samples;
  return [...samples.filter(({ at }) => at > sample.at - KEPT_MS), sample];
}

/** What was given at a moment, evenly between two samples; null outside of them. */
function givenAt(samples: readonly Sample[], at: number): number | null {
  const next = samples.findIndex((sample) => sample.at >= at);
  const after = samples[next];
  if (after === undefined) return null;
  if (after.at === at) return after.given;
  const before = samples[next - 1];
  if (before === undefined) return null;
  const share = (at - before.at) / (after.at - before.at);
  return before.given + share * (after.given - before.given);
}

/** Longer without a sample, and nobody knows how fast it goes now: it is asked every second. */
const STALE_MS = 2_500;

/**
 * Units a second over the last so many seconds; null before there is anything to compare, and
 * when the last sample is too old to tell of `now` (milliseconds since 1970).
 */
export function rateOver(samples: readonly Sample[], seconds: number, now: number): number | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || first === last) return null;
  if (now - last.at > STALE_MS) return null;
  const from = Math.max(first.at, last.at - seconds * 1000);
  const then = givenAt(samples, from);
  if (then === null) return null;
  // Less than before: a gate was built anew; nothing is taken back.
  return Math.max(0, ((last.given - then) / (last.at - from)) * 1000);
}

/** Units in each of the last so many whole seconds, the newest last; null where nobody looked. */
export function ratesPerSecond(
  samples: readonly Sample[],
  seconds: number,
  now: number,
): readonly (number | null)[] {
  const last = samples.at(-1);
  if (last === undefined) return Array<null>(seconds).fill(null);
  // Whole seconds from the last sample on, so that the one that is not over yet shows no dip.
  const silent = now - last.at > STALE_MS ? Math.floor((now - last.at) / 1000) : 0;
  return Array.from({ length: seconds }, (_, i) => {
    const end = last.at + (silent - (seconds - 1 - i)) * 1000;
    const before = givenAt(samples, end - 1000);
    const after = givenAt(samples, end);
    return before === null || after === null ? null : Math.max(0, after - before);
  });
}

/** The fastest second kept, or null. */
export function peakRate(samples: readonly Sample[]): number | null {
  const end = samples.at(-1)?.at ?? 0;
  const seconds = ratesPerSecond(samples, KEPT_MS / 1000, end).filter((rate) => rate !== null);
  return seconds.length === 0 ? null : Math.max(...seconds);
}
