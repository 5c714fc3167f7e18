import { channelsOf } from '../../domain/notification-choice.ts';
import type { Channel } from '../../domain/notification.ts';
import type { PlannedInsert, QuarantinedEntry } from '../../domain/record-plan.ts';
import { placeOf } from '../../domain/record-plan.ts';
import type { CouponAtRecord } from './coupon-at-record.ts';
import type { Queryable } from './database.ts';
import type { InsertedRow } from './insert-issuances.ts';
import type { NewNotification } from './insert-notifications.ts';
import { insertNotifications } from './insert-notifications.ts';
import { remindersFor } from './reminders.ts';

type Coupons = ReadonlyMap<string, CouponAtRecord>;

export interface SoldOutCoupon {
  readonly id: string;
  readonly quantity: number;
}

/**
 * Writes whom to tell of a batch, in its transaction and in one statement.
 *
 * @param inserts the records, of which those in `inserted` have become rows
 * @param quarantined those that were not there before
 * @returns the channels by which somebody is told now
 */
export async function tellOfBatch(
  client: Queryable,
  inserts: readonly PlannedInsert[],
  inserted: readonly InsertedRow[],
  quarantined: readonly QuarantinedEntry[],
  coupons: Coupons,
): Promise<Channel[]> {
  const now = Date.now();
  const requests = new Map(inserts.map(({ entry, record }) => [record.id, entry.requestId]));
  const told = [
    ...inserted.flatMap((row) => ofIssuance(row, requests.get(row.id), coupons, now)),
    ...ofQuarantined(quarantined, coupons),
  ];
  await insertNotifications(client, told);
  return told.filter(({ dueAt = now }) => dueAt <= now).map(({ channel }) => channel);
}

function ofIssuance(
  { id, couponId, validUntil }: InsertedRow,
  requestId: string | undefined,
  coupons: Coupons,
  now: number,
): NewNotification[] {
  const choice = coupons.get(couponId)?.choice;
  if (choice === undefined) return [];
  const issued = channelsOf(choice, 'issued').map((channel): NewNotification => {
    return { event: 'issued', channel, subject: id, couponId, issuanceId: id, requestId };
  });
  return [...issued, ...remindersFor(id, validUntil.getTime(), choice, now)];
}

/** One for a coupon and batch. What names no coupon nobody has chosen to be told of. */
function ofQuarantined(
  quarantined: readonly QuarantinedEntry[],
  coupons: Coupons,
): NewNotification[] {
  const byCoupon = Map.groupBy(quarantined, ({ record }) => record?.couponId);
  return [...byCoupon].flatMap(([couponId, entries]) => {
    const [first] = entries;
    if (couponId === undefined || first === undefined) return [];
    const byReason = Map.groupBy(entries, ({ reason }) => reason);
    const counts = [...byReason].map(([reason, those]): [string, number] => [reason, those.length]);
    return channelsOf(coupons.get(couponId)?.choice, 'quarantined').map((channel) => ({
      event: 'quarantined' as const,
      channel,
      couponId,
      subject: `${couponId}@${placeOf(first.entry)}`,
      figures: {
        count: entries.length,
        reason: counts.map(([reason]) => reason).join(', '),
        ...Object.fromEntries(counts),
      },
    }));
  });
}

/** Once for each quantity: there may be more to give by then, and that be gone too. */
export async function tellOfSoldOut(
  client: Queryable,
  soldOut: readonly SoldOutCoupon[],
  coupons: Coupons,
): Promise<Channel[]> {
  const told = soldOut.flatMap(({ id, quantity }) =>
    channelsOf(coupons.get(id)?.choice, 'sold_out').map((channel) => ({
      event: 'sold_out' as const,
      channel,
      couponId: id,
      subject: `${id}@quantity-${quantity}`,
      figures: { quantity },
    })),
  );
  await insertNotifications(client, told);
  return told.map(({ channel }) => channel);
}
