import { ISSUANCE_STATES, type Stats } from '../api/stats.ts';
import { figure, moment, UNKNOWN } from './figures.ts';
import { flowed, toned, type Line, type Span } from './line.ts';

/** Figures of a coupon's issuances, refusals and lag, for a width in cells. */
export function statsLines(stats: Stats | null, width: number): Line[] {
  return [
    ...flowed(
      ISSUANCE_STATES.map((state) => named(state, stats?.states[state])),
      width,
    ),
    ...rejectionLines(stats, width),
    ...flowed(lagItems(stats), width),
  ];
}

function named(name: string, count: number | null | undefined): Line {
  return [toned('dim', `${name} `), figure(count)];
}

function rejectionLines(stats: Stats | null, width: number): Line[] {
  const { since, byReason } = stats?.rejections ?? {};
  if (byReason === undefined) return [[toned('dim', '  refused '), UNKNOWN]];
  const from = typeof since === 'number' ? ` since ${moment(since)}` : '';
  const happened = byReason.filter(({ figure: count }) => count > 0);
  const sorted = happened.toSorted((a, b) => b.figure - a.figure);
  const total = sorted.reduce((sum, { figure: count }) => sum + count, 0);
  const head: Line = [toned('dim', '  refused '), figure(total), toned('dim', from)];
  return [
    head,
    ...flowed(
      sorted.map(({ name, figure: count }) => named(name, count)),
      width,
      '    ',
    ),
  ];
}

function lagItems(stats: Stats | null): Line[] {
  const { unrecorded, pending } = stats?.lag ?? {};
  return [
    named('not recorded yet', unrecorded),
    named('not in the log yet', pending),
    [toned('dim', 'gate '), gateState(stats)],
  ];
}

function gateState(stats: Stats | null): Span {
  const { state, why } = stats?.gate ?? {};
  if (state === undefined) return UNKNOWN;
  if (state === 'open') return toned('good', 'open');
  return toned('bad', why ? `closed: ${why}` : 'closed');
}

/** A bar of what is given, with figures: two lines. */
export function stockLines({ given, quantity, left }: Stock, width: number): Line[] {
  if (given === null || quantity === null || quantity === 0) {
    return [[`  ${figure(given)} of ${figure(quantity)} given, ${figure(left)} left`]];
  }
  const room = Math.max(4, Math.min(width - 4, 72));
  const share = Math.min(1, given / quantity);
  // One unit left must not look like none, nor one given like none.
  const full = Math.min(
    Math.max(Math.round(share * room), given > 0 ? 1 : 0),
    given < quantity ? room - 1 : room,
  );
  const tone = share < 0.8 ? 'good' : share < 1 ? 'warning' : 'bad';
  const percent = `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
  return [
    ['  ', toned(tone, '█'.repeat(full)), toned('dim', '░'.repeat(room - full))],
    [
      `  ${figure(given)} of ${figure(quantity)} given (${percent}), `,
      toned('strong', `${figure(left)} left`),
    ],
  ];
}

export interface Stock {
  readonly given: number | null;
  readonly quantity: number | null;
  readonly left: number | null;
}
