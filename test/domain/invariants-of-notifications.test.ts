import { expect, it } from '@jest/globals';
import type {
  Facts,
  LedgerFacts,
  NotificationFact,
  RowFact,
} from '../../local/invariants/facts.ts';
import { everybodyIsTold } from '../../local/invariants/invariants-of-notifications.ts';
import { EVERYTHING } from '../support/notified-rows.ts';
import { loadedClaim, newCouponId } from '../support/samples.ts';

const couponId = newCouponId();
const anna: RowFact = { ...loadedClaim(couponId, 'anna'), state: 'redeemed' };

function told(event: NotificationFact['event'], subject: string): NotificationFact {
  const ofUser = !subject.includes('@');
  return {
    couponId,
    event,
    channel: ofUser ? 'email' : 'slack',
    subject,
    issuanceId: ofUser ? anna.id : null,
    state: 'waiting',
  };
}

const sound = [
  told('issued', anna.id),
  told('redeemed', 'r'),
  told('sold_out', `${couponId}@quantity-1`),
];

function violations(notifications: readonly NotificationFact[]): readonly string[] {
  const coupon = { id: couponId, quantity: 1, issued: 1, perUserLimit: 1, version: 1 };
  const redemption = { id: 'r', issuanceId: anna.id, orderId: 'o', rolledBackAt: null };
  const ledger = {
    coupons: [{ ...coupon, choice: EVERYTHING, startsAt: 0, endsAt: 1 }],
    rows: [anna],
    redemptions: [redemption],
    notifications,
  } as unknown as LedgerFacts;
  return everybodyIsTold({ ledger } as Facts).violations;
}

it('I10 holds where everything that happened is to be told, once', () => {
  expect(violations(sound)).toEqual([]);
});

it('I10 finds what nobody is to be told, what is told twice, and what never was', () => {
  expect(violations(sound.slice(1))).toEqual([
    `nobody is to be told "issued" of ${anna.id} by email`,
  ]);
  expect(violations(sound.slice(0, 2))).toEqual([
    `nobody is to be told "sold_out" of ${couponId}@quantity-1 by slack`,
  ]);
  expect(violations([...sound, ...sound.slice(0, 1)])).toEqual([
    `"issued" of ${anna.id} by email is told 2 times`,
  ]);
  expect(violations([...sound, told('rolled_back', 'never')])).toEqual([
    `"rolled_back" of never by email tells of what is not there`,
  ]);
});
