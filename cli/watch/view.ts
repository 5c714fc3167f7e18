import { couponState, windowText } from '../output/coupon.ts';
import { duration, figure, moment, UNKNOWN } from '../output/figures.ts';
import { cellsOfLine, toned, type Line } from '../output/line.ts';
import { statsLines, stockLines } from '../output/stats.ts';
import { peakRate, rateOver, ratesPerSecond } from './history.ts';
import { stockOf, type Sight } from './sight.ts';
import { sparkline } from './sparkline.ts';

/** What is asked through a cache stands still for a second, and then jumps. */
const RATE_SECONDS = 3;
/** A forecast that jumps is none. */
const FORECAST_SECONDS = 10;
/** It is asked every second. */
const SLOW_MS = 4_000;
const MIN_SPARKLINE = 8;
const MAX_SPARKLINE = 120;

/**
 * The live view of a coupon.
 * @param now milliseconds since 1970, by our own clock
 * @param width cells of a row
 */
export function viewLines(sight: Sight, now: number, width: number): Line[] {
  return [
    ...headLines(sight, now, width),
    [],
    ...stockLines(stockOf(sight), width),
    ...rateLines(sight, now, width),
    [],
    ...statsLines(sight.stats, width),
    ...(sight.noStats === null ? [] : [[toned('warning', `  no figures: ${sight.noStats}`)]]),
    ...troubleLines(sight, now),
    [],
    [toned('dim', `  as of ${moment(now + sight.aheadMs)}`)],
  ];
}

function headLines({ coupon, aheadMs }: Sight, now: number, width: number): Line[] {
  if (coupon === null) return [['Waiting for the API']];
  const window = windowText(coupon, now + aheadMs);
  const name: Line = [toned('strong', coupon.name ?? UNKNOWN)];
  const state: Line = [couponState(coupon.state), window === undefined ? '' : `, ${window}`];
  const id: Line = [toned('dim', coupon.id ?? UNKNOWN)];
  const together: Line = [...name, '  ', ...state, '  ', ...id];
  return cellsOfLine(together) <= width ? [together] : [name, ['  ', ...state], ['  ', ...id]];
}

function rateLines(sight: Sight, now: number, width: number): Line[] {
  const { samples } = sight;
  const seconds = Math.max(MIN_SPARKLINE, Math.min(MAX_SPARKLINE, width - 4));
  const rates: Line = [
    toned('dim', '  a second '),
    toned('strong', rateText(rateOver(samples, RATE_SECONDS, now))),
    toned('dim', ', at most '),
    rateText(peakRate(samples)),
  ];
  const forecast = forecastText(sight, now);
  const line: Line = ['  ', toned('good', sparkline(ratesPerSecond(samples, seconds, now)))];
  if (forecast === undefined) return [rates, line];
  const together: Line = [...rates, toned('dim', ', '), forecast];
  return cellsOfLine(together) <= width ? [together, line] : [rates, [`  ${forecast}`], line];
}

function rateText(rate: number | null): string {
  if (rate === null) return UNKNOWN;
  // One every few seconds is not none.
  return rate > 0 && rate < 10 ? rate.toFixed(1) : figure(Math.round(rate));
}

/** When the last unit goes, if it goes on like this. */
function forecastText(sight: Sight, now: number): string | undefined {
  const { left } = stockOf(sight);
  const rate = rateOver(sight.samples, FORECAST_SECONDS, now);
  if (sight.coupon?.state !== 'open' || left === null || rate === null) return undefined;
  if (left === 0) return 'sold out';
  return rate === 0 ? undefined : `sold out in about ${duration((left / rate) * 1000)}`;
}

function troubleLines({ trouble, readAt }: Sight, now: number): Line[] {
  const age = readAt === null ? 0 : now - readAt;
  const isSlow = trouble === null && age > SLOW_MS;
  if (trouble === null && !isSlow) return [];
  const { what, since } = trouble ?? { what: 'no answer yet', since: now - age };
  return [
    [],
    [toned('bad', `  ${what}`)],
    [
      toned(
        'bad',
        `  for ${duration(now - since)}; asking again, what is shown is ${duration(age)} old`,
      ),
    ],
  ];
}

/** The same on one line, for logs and pipes: names and figures without separators. */
export function plainLine(sight: Sight, now: number): string {
  const { coupon, stats, samples, trouble, aheadMs } = sight;
  const { given, quantity, left } = stockOf(sight);
  const byReason = stats?.rejections?.byReason;
  const refused = byReason?.reduce((sum, { figure: count }) => sum + count, 0);
  const rate = rateOver(samples, RATE_SECONDS, now);
  const raw = (value: number | null | undefined): string => String(value ?? UNKNOWN);
  const words = [
    new Date(now + aheadMs).toISOString().replace(/\.\d+/, ''),
    coupon?.state ?? UNKNOWN,
    `given ${raw(given)}/${raw(quantity)}`,
    `left ${raw(left)}`,
    `rate ${raw(rate === null ? null : Math.round(rate * 10) / 10)}/s`,
    ...(['accepted', 'issued', 'held', 'redeemed'] as const).map(
      (state) => `${state} ${raw(stats?.states[state])}`,
    ),
    `refused ${raw(refused)}`,
    `unrecorded ${raw(stats?.lag?.unrecorded)}`,
    `pending ${raw(stats?.lag?.pending)}`,
    `gate ${stats?.gate?.state ?? UNKNOWN}`,
    ...(trouble === null ? [] : [`TROUBLE ${trouble.what}`]),
  ];
  return words.join('  ');
}
