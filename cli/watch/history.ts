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

/** Units a second over the last so many seconds; null before there was anything to compare. */
export function rateOver(samples: readonly Sample[], seconds: number): number | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || first === last) return null;
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
): readonly (number | null)[] {
  const last = samples.at(-1);
  return Array.from({ length: seconds }, (_, i) => {
    if (last === undefined) return null;
    const end = last.at - (seconds - 1 - i) * 1000;
    const before = givenAt(samples, end - 1000);
    const after = givenAt(samples, end);
    return before === null || after === null ? null : Math.max(0, after - before);
  });
}

/** The fastest second kept, or null. */
export function peakRate(samples: readonly Sample[]): number | null {
  const seconds = ratesPerSecond(samples, KEPT_MS / 1000).filter((rate) => rate !== null);
  return seconds.length === 0 ? null : Math.max(...seconds);
}
