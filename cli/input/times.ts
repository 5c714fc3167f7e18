import { UsageError } from '../failures.ts';

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const SPAN = /^\+(?:\d+[wdhms])+$/;
const PART = /(\d+)([wdhms])/g;

const SECOND = 1_000;
const UNIT_MS: Readonly<Record<string, number>> = {
  s: SECOND,
  m: 60 * SECOND,
  h: 3_600 * SECOND,
  d: 86_400 * SECOND,
  w: 7 * 86_400 * SECOND,
};

/** What databases and API take; a slip of the finger must not overflow on the way. */
const LATEST = Date.UTC(9999, 11, 31);

export interface TimeOrigins {
  /** Milliseconds since 1970, by the API's clock. */
  readonly now: number;
  /** What `+2h` is counted from; now unless given. */
  readonly from?: number | undefined;
}

/**
 * Reads `now`, `+2h`, `+1d12h` (w d h m s) or RFC 3339 with its offset.
 * @returns milliseconds since 1970
 * @throws UsageError that says what would be understood
 */
export function parseTime(option: string, text: string, { now, from = now }: TimeOrigins): number {
  const time = readTime(text, now, from);
  if (time !== undefined && time >= 0 && time <= LATEST) return time;
  const example = new Date(now).toISOString().replace(/\.\d+/, '');
  throw new UsageError(
    `${option} is to be now, +2h, +1d12h or a time with its offset such as ${example}, not "${text}"`,
  );
}

function readTime(text: string, now: number, from: number): number | undefined {
  if (text === 'now') return now;
  if (SPAN.test(text)) {
    const spans = [...text.matchAll(PART)].map(
      ([, count, unit = '']) => Number(count) * (UNIT_MS[unit] ?? 0),
    );
    return spans.reduce((sum, span) => sum + span, from);
  }
  const [, year, month, day] = RFC3339.exec(text) ?? [];
  if (year === undefined || !isDay(Number(year), Number(month), Number(day))) return undefined;
  const time = Date.parse(text.toUpperCase().replace(' ', 'T'));
  return Number.isNaN(time) ? undefined : time;
}

/** `Date.parse` takes the 30th of February for a day in March. */
function isDay(year: number, month: number, day: number): boolean {
  return new Date(Date.UTC(year, month - 1, day)).getUTCMonth() === month - 1;
}
