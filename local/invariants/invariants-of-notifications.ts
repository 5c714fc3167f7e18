import { channelsOf } from '../../lambdas/domain/notification-choice.ts';
import type { NotificationEvent } from '../../lambdas/domain/notification.ts';
import type { LedgerFacts, NotificationFact } from './facts.ts';
import type { Invariant } from './report.ts';

/**
 * I10. That each notification exists which should: what was not sent is then waiting with a time,
 * parked, discarded, or has nobody to tell, for the schema knows no other state. Reminders and what
 * is told of gates depend on when somebody looked; of them only that they tell of something.
 */
export const everybodyIsTold: Invariant = ({ ledger }) => {
  const { notifications } = ledger;
  const expected = expectedFrom(ledger);
  const known = new Set([...ledger.rows, ...ledger.redemptions].map(({ id }) => id));
  const there = Map.groupBy(notifications, keyOf);
  const violations = expected
    .filter((one) => !there.has(keyOf(one)))
    .map(
      ({ event, channel, subject }) =>
        `nobody is to be told "${event}" of ${subject} by ${channel}`,
    );
  for (const [key, [one, ...others]] of there) {
    if (others.length > 0) violations.push(`${key} is told ${others.length + 1} times`);
    if (one?.issuanceId != null && !known.has(one.subject)) {
      violations.push(`${key} tells of what is not there`);
    }
  }
  return {
    name: 'I10',
    sentence:
      'Each notification is sent once by its number, waits, is parked, or has nobody to tell.',
    checked: expected.length + notifications.length,
    violations,
  };
};

type Told = Pick<NotificationFact, 'event' | 'channel' | 'subject'>;

function keyOf({ event, channel, subject }: Told): string {
  return `"${event}" of ${subject} by ${channel}`;
}

function expectedFrom({ coupons, rows, redemptions }: LedgerFacts): Told[] {
  const choices = new Map(coupons.map(({ id, choice }) => [id, choice]));
  const told = (event: NotificationEvent, couponId: string, subject: string): Told[] =>
    channelsOf(choices.get(couponId), event).map((channel) => ({ event, channel, subject }));
  return [
    ...rows.flatMap(({ id, couponId }) => told('issued', couponId, id)),
    ...redemptions.flatMap(({ id, issuanceId, rolledBackAt }) => {
      const couponId = issuanceId.slice(0, issuanceId.indexOf('_'));
      return [
        ...told('redeemed', couponId, id),
        ...(rolledBackAt === null ? [] : told('rolled_back', couponId, id)),
      ];
    }),
    ...coupons
      // One that was sold out and got more units, or fewer, has another quantity now.
      .filter(({ issued, quantity, version }) => issued === quantity && version === 1)
      .flatMap(({ id, quantity }) => told('sold_out', id, `${id}@quantity-${quantity}`)),
  ];
}
