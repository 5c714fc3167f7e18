import type { Outcome } from '../api/attempt.ts';
import { readCoupon, type Coupon } from '../api/coupon.ts';
import type { Problem } from '../api/problem.ts';
import { readStats, type Stats } from '../api/stats.ts';
import type { Stock } from '../output/stats.ts';
import { withSample, type Sample } from './history.ts';

/** What a watcher has seen so far. Times are milliseconds since 1970. */
export interface Sight {
  readonly coupon: Coupon | null;
  readonly stats: Stats | null;
  /** As they came, for programs. */
  readonly answered: { readonly coupon: unknown; readonly stats: unknown };
  readonly samples: readonly Sample[];
  /** The API's clock is ahead of ours by so much. */
  readonly aheadMs: number;
  /** By our clock: when the coupon was last read. */
  readonly readAt: number | null;
  /** What keeps us from seeing it, and since when by our clock. */
  readonly trouble: { readonly what: string; readonly since: number } | null;
  /** Why there are no figures, where that will stay so: an older API, for one. */
  readonly noStats: string | null;
  /** The API said no: there is nothing to watch. */
  readonly refused: Problem | null;
}

export const nothingSeen: Sight = {
  coupon: null,
  stats: null,
  answered: { coupon: null, stats: null },
  samples: [],
  aheadMs: 0,
  readAt: null,
  trouble: null,
  noStats: null,
  refused: null,
};

type Look =
  | { readonly kind: 'seen'; readonly json: unknown }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'trouble'; readonly what: string };

interface Looks {
  readonly coupon: Look;
  readonly stats: Look;
}

/** What one look at the coupon and its figures adds; old figures stay until there are new ones. */
export function withLook(sight: Sight, coupon: Outcome, stats: Outcome, now: number): Sight {
  const looks: Looks = { coupon: lookOf(coupon), stats: lookOf(stats) };
  const seen = addStats(addCoupon(sight, looks.coupon, now), looks.stats);
  const trouble = [looks.coupon, looks.stats].find((look) => look.kind === 'trouble');
  const since = sight.trouble?.since ?? now;
  const withTrouble = trouble === undefined ? null : { what: trouble.what, since };
  return addSample({ ...seen, trouble: withTrouble }, looks, now);
}

function lookOf(outcome: Outcome): Look {
  if (outcome.kind === 'refused') return outcome;
  if (outcome.kind === 'setback') return { kind: 'trouble', what: outcome.what };
  try {
    return { kind: 'seen', json: JSON.parse(outcome.reply.text) as unknown };
  } catch {
    return { kind: 'trouble', what: 'the answer is not JSON' };
  }
}

function addCoupon(sight: Sight, look: Look, now: number): Sight {
  if (look.kind === 'refused') return { ...sight, refused: look.problem };
  if (look.kind === 'trouble') return sight;
  const coupon = readCoupon(look.json);
  return {
    ...sight,
    coupon,
    answered: { ...sight.answered, coupon: look.json },
    aheadMs: coupon.serverTime === null ? sight.aheadMs : coupon.serverTime - now,
    readAt: now,
  };
}

function addStats(sight: Sight, look: Look): Sight {
  if (look.kind === 'trouble') return sight;
  // The coupon may be read by everybody, its figures by operators only.
  if (look.kind === 'refused') return { ...sight, stats: null, noStats: look.problem.title };
  return {
    ...sight,
    stats: readStats(look.json),
    answered: { ...sight.answered, stats: look.json },
    noStats: null,
  };
}

/**
 * The gate's count moves at once; the rows' stands in only where the gate's was never to be had.
 * Timed by our own clock: the API's is told in whole seconds.
 */
function addSample(sight: Sight, looks: Looks, now: number): Sight {
  const { coupon, stats, samples } = sight;
  const isNew = (stats === null ? looks.coupon : looks.stats).kind === 'seen';
  const given = stats === null ? (coupon?.issued ?? null) : stats.given;
  if (!isNew || given === null) return sight;
  return { ...sight, samples: withSample(samples, { at: now, given }) };
}

/** What is given and left: the gate's word first, then the rows'. */
export function stockOf({ coupon, stats }: Sight): Stock {
  const quantity = stats?.quantity ?? coupon?.quantity ?? null;
  const given = stats?.given ?? coupon?.issued ?? null;
  const left =
    stats?.remaining ??
    (quantity === null || given === null ? null : Math.max(0, quantity - given));
  return { quantity, given, left };
}

/** Whether nothing more can happen: no unit or no time is left, or an operator closed it. */
export function isOver(sight: Sight): boolean {
  const state = sight.coupon?.state;
  return state === 'ended' || state === 'closed' || stockOf(sight).left === 0;
}
