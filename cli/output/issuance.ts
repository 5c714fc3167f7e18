import type { Coupon } from '../api/coupon.ts';
import type { Issuance } from '../api/issuance.ts';
import type { Stats } from '../api/stats.ts';
import { counted, duration, figure, moment, UNKNOWN } from './figures.ts';
import { toned, type Line, type Tone } from './line.ts';

/** A record takes well under this; longer, and something is the matter. */
const USUAL_RECORD_MS = 60_000;

const TONES: Readonly<Record<string, Tone>> = {
  accepted: 'warning',
  issued: 'good',
  held: 'warning',
  redeemed: 'strong',
  expired: 'dim',
  revoked: 'bad',
};

/**
 * What an issuance's state means for the user, in a sentence for the one who asks.
 * @param now milliseconds since 1970
 */
export function issuanceMeaning(issuance: Issuance, now: number): string {
  const { state, acceptedAt, validFrom, validUntil } = issuance;
  switch (state) {
    case 'accepted': {
      const age = acceptedAt === null ? 0 : now - acceptedAt;
      return age > USUAL_RECORD_MS
        ? `The user has it for sure, but it has been waiting for ${duration(age)} to be recorded: look at the lag (stats).`
        : 'The user has it for sure; it can be used as soon as it is recorded, usually in seconds.';
    }
    case 'issued':
      if (validFrom !== null && now < validFrom) {
        return `The user has it; it can be used from ${moment(validFrom)} on.`;
      }
      if (validUntil !== null && now >= validUntil) {
        return `Never used, and its time was over on ${moment(validUntil)}.`;
      }
      return `The user has it and can use it until ${moment(validUntil)}.`;
    case 'held':
      return heldMeaning(issuance);
    case 'redeemed':
      return redeemedMeaning(issuance);
    case 'expired':
      return `Never used, and its time was over on ${moment(validUntil)}.`;
    case 'revoked':
      return 'An operator took it back; it can not be used any more.';
    default:
      return `Its state is ${state ?? 'not known'}.`;
  }
}

function heldMeaning({ hold }: Issuance): string {
  const order = hold?.orderId ? `Order ${hold.orderId}` : 'An order';
  const free = hold?.expiresAt == null ? 'within minutes' : `on ${moment(hold.expiresAt)}`;
  return `${order} holds it while it is paid; unless that redeems it, it comes free by itself ${free}.`;
}

function redeemedMeaning({ redemption }: Issuance): string {
  const order = redemption?.orderId ? `Order ${redemption.orderId}` : 'An order';
  const when = redemption?.redeemedAt == null ? '' : ` on ${moment(redemption.redeemedAt)}`;
  const which = redemption?.id ? `redemption ${redemption.id}` : 'that redemption';
  return `${order} used it${when}. Only a rollback of ${which} makes it usable again.`;
}

export function issuanceLines(issuance: Issuance, now: number): Line[] {
  const { id, userId, couponId, state, sequence, acceptedAt, issuedAt } = issuance;
  const tone = TONES[state ?? ''] ?? 'strong';
  return [
    [toned('strong', id ?? UNKNOWN), '  ', toned(tone, state ?? UNKNOWN)],
    [`  ${issuanceMeaning(issuance, now)}`],
    [
      toned('dim', '  user '),
      userId ?? '(erased)',
      toned('dim', ', coupon '),
      couponId ?? UNKNOWN,
      toned('dim', ', place '),
      figure(sequence),
    ],
    [toned('dim', '  accepted '), moment(acceptedAt), toned('dim', ', issued '), moment(issuedAt)],
  ];
}

/** What the list of a user's issuances can't show yet: what is accepted and not recorded. */
export function unlistedLines({ lag }: Stats): Line[] {
  const waiting = (lag?.unrecorded ?? 0) + (lag?.pending ?? 0);
  return waiting === 0
    ? []
    : [
        [
          `  Not recorded yet: ${counted(waiting, 'claim')}. One may be this user's: ask again in a minute.`,
        ],
      ];
}

/** Why a user may have none, from what is known of the coupon. */
export function whyNone(coupon: Coupon, now: number): string {
  const { state, remaining, issueStartsAt } = coupon;
  const soldOut = remaining === 0;
  switch (state) {
    case 'scheduled':
      return `Nobody can have one yet: the coupon is issued from ${moment(issueStartsAt)} on.`;
    case 'open':
      return soldOut
        ? 'The coupon is sold out.'
        : `The coupon is open with ${figure(remaining)} left: the user can still claim one.`;
    case 'paused':
      return 'The coupon is paused: nobody can claim one until it is resumed.';
    case 'closed':
    case 'ended':
      return `The coupon is ${state}${soldOut ? ' and sold out' : ''}: nobody can claim one any more.`;
    default:
      return `The coupon's state is ${state ?? 'not known'}, at ${moment(now)}.`;
  }
}
