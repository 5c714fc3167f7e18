import type { Weekday } from './conditions.ts';
import { WEEKDAYS } from './conditions.ts';

export interface WallClock {
  readonly weekday: Weekday;
  /** `HH:MM`, 00:00 to 23:59. */
  readonly time: string;
}

/** What the clocks of an IANA time zone show at `at` (milliseconds since 1970, UTC). */
export function wallClock(at: number, timeZone: string): WallClock {
  const parts = formatOf(timeZone).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value;
  const name = part('weekday')?.toLowerCase();
  const weekday = WEEKDAYS.find((day) => day === name);
  if (weekday === undefined) throw new Error(`no weekday in ${timeZone}`);
  return { weekday, time: `${part('hour') ?? ''}:${part('minute') ?? ''}` };
}

export function dayBefore(weekday: Weekday): Weekday {
  return WEEKDAYS.at(WEEKDAYS.indexOf(weekday) - 1) ?? weekday;
}

/** Formats cost far more to build than to use; there are no more of them than time zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timeZone, format);
  return format;
}
