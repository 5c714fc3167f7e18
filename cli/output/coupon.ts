import type { Coupon } from '../api/coupon.ts';
import { conditionTexts } from './conditions.ts';
import { counted, duration, figure, moment, money, UNKNOWN } from './figures.ts';
import { table, toned, type Line, type Span, type Tone } from './line.ts';

const STATE_TONES: Readonly<Record<string, Tone>> = {
  scheduled: 'strong',
  open: 'good',
  paused: 'warning',
  closed: 'bad',
  ended: 'dim',
};

export function couponState(state: string | null): Span {
  const text = state ?? UNKNOWN;
  return toned(STATE_TONES[text] ?? 'strong', text);
}

/** `₩5,000 off`, `15 % off, at most ₩10,000` */
export function discountText({ discount }: Coupon): string {
  const { amount, percent, maxAmount, currency } = discount ?? {};
  const written = (value: number): string => money(value, currency ?? '');
  if (typeof percent === 'number') {
    const most = typeof maxAmount === 'number' ? `, at most ${written(maxAmount)}` : '';
    return `${percent} % off${most}`;
  }
  return typeof amount === 'number' ? `${written(amount)} off` : UNKNOWN;
}

function validityText({ validity }: Coupon): string {
  if (validity === null) return UNKNOWN;
  if ('days' in validity) return `${counted(validity.days, 'day')} from its acceptance`;
  return `${moment(validity.from)} to ${moment(validity.until)}`;
}

/**
 * When the issue window begins or ends, seen from `now` (milliseconds): `starts in 5 min`.
 * Undefined where the times are not known.
 */
export function windowText(
  { issueStartsAt, issueEndsAt }: Pick<Coupon, 'issueStartsAt' | 'issueEndsAt'>,
  now: number,
): string | undefined {
  if (issueStartsAt === null || issueEndsAt === null) return undefined;
  if (now < issueStartsAt) return `starts in ${duration(issueStartsAt - now)}`;
  if (now < issueEndsAt) return `ends in ${duration(issueEndsAt - now)}`;
  return `ended ${duration(now - issueEndsAt)} ago`;
}

/** All that there is to say of one coupon. */
export function couponLines(coupon: Coupon, now: number): Line[] {
  const { quantity, issued, remaining, issueStartsAt, issueEndsAt, conditions } = coupon;
  const seen = windowText(coupon, coupon.serverTime ?? now);
  const window = `${moment(issueStartsAt)} to ${moment(issueEndsAt)}`;
  const facts: [string, string][] = [
    ['units', `${figure(quantity)}, ${figure(issued)} issued, ${figure(remaining)} left`],
    ['per user', figure(coupon.perUserLimit)],
    ['issued', seen === undefined ? window : `${window} (${seen})`],
    ['valid', validityText(coupon)],
    ['discount', discountText(coupon)],
    ...conditionTexts(conditions ?? {}, coupon.discount?.currency ?? '').map(
      (text): [string, string] => ['only', text],
    ),
    ...toldTexts(coupon.notifications ?? {}),
    ...(coupon.selfRedeem === true
      ? [['redeemed', 'also by the shopper alone'] satisfies [string, string]]
      : []),
  ];
  return [
    titleOf(coupon),
    ...(coupon.description ? [[coupon.description]] : []),
    ...table(facts.map(([name, text]) => [toned('dim', `  ${name}`), text])),
  ];
}

/** `users: issued, expiring by email`; nothing where nobody is told. */
function toldTexts(notifications: Readonly<Record<string, unknown>>): [string, string][] {
  return ['users', 'operators'].flatMap((whom): [string, string][] => {
    const { channels, events } = (notifications[whom] ?? {}) as Readonly<Record<string, unknown>>;
    if (!Array.isArray(channels) || !Array.isArray(events)) return [];
    return [
      [`told ${whom}`, `${events.map(String).join(', ')} by ${channels.map(String).join(', ')}`],
    ];
  });
}

/** Id, name and state on a line. */
export function titleOf({ id, name, state }: Coupon): Line {
  return [toned('strong', id ?? UNKNOWN), `  ${name ?? UNKNOWN}  `, couponState(state)];
}

/** A list of coupons, one a line. */
export function couponTable(coupons: readonly Coupon[]): Line[] {
  const head = ['id', 'state', 'units', 'left', 'issued from', 'until', 'name'];
  return table(
    [
      head.map((name) => toned('dim', name)),
      ...coupons.map((coupon) => [
        coupon.id ?? UNKNOWN,
        couponState(coupon.state),
        figure(coupon.quantity),
        figure(coupon.remaining),
        moment(coupon.issueStartsAt).slice(0, 16),
        moment(coupon.issueEndsAt).slice(0, 16),
        coupon.name ?? UNKNOWN,
      ]),
    ],
    [2, 3],
  );
}
