import type { Conditions } from './conditions.ts';
import { dayBefore, wallClock } from './wall-clock.ts';

/** Which of the conditions on time hold, and in which time zone they were judged. */
export interface TimesOfUse {
  readonly weekdays: boolean;
  readonly hours: boolean;
  readonly timeZone: string;
}

/** Judges weekdays and hours at `at` (milliseconds since 1970, UTC). */
export function timesOfUse(
  { weekdays, hours, timeZone: ofWeekdays }: Pick<Conditions, 'weekdays' | 'hours' | 'timeZone'>,
  at: number,
): TimesOfUse {
  const timeZone = hours?.timeZone ?? ofWeekdays ?? 'UTC';
  if (!weekdays && !hours) return { weekdays: true, hours: true, timeZone };

  const { weekday, time } = wallClock(at, timeZone);
  const overMidnight = hours !== undefined && hours.until < hours.from;
  const afterMidnight = overMidnight && time < hours.until;
  const began = afterMidnight ? dayBefore(weekday) : weekday;
  return {
    weekdays: weekdays?.includes(began) ?? true,
    hours: hours === undefined || isWithin(time, hours),
    timeZone,
  };
}

/** Times as `HH:MM`, whose order is that of their letters. From a time until itself is all day. */
function isWithin(
  time: string,
  { from, until }: { readonly from: string; readonly until: string },
): boolean {
  return from < until ? from <= time && time < until : from <= time || time < until;
}
