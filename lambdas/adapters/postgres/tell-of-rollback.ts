import { couponIdOf } from '../../domain/issuance.ts';
import type { NotificationChoice } from '../../domain/notification-choice.ts';
import { channelsOf } from '../../domain/notification-choice.ts';
import type { Queryable } from './database.ts';
import type { NewNotification } from './insert-notifications.ts';
import { CHOICE, insertNotifications } from './insert-notifications.ts';
import { remindersFor } from './reminders.ts';

/** Writes whom to tell of a redemption that is undone, in the transaction that undoes it. */
export async function tellOfRollback(
  client: Queryable,
  issuanceId: string,
  redemptionId: string,
  requestId: string,
): Promise<void> {
  const couponId = couponIdOf(issuanceId);
  const { rows } = await client.query<{ choice: NotificationChoice | null; validUntil: Date }>(
    `SELECT ${CHOICE} AS choice, issuances.valid_until AS "validUntil" FROM coupons, issuances
     WHERE coupons.id = $1 AND issuances.id = $2`,
    [couponId, issuanceId],
  );
  const [row] = rows;
  if (!row?.choice) return;
  const { choice, validUntil } = row;
  const told = channelsOf(choice, 'rolled_back').map((channel): NewNotification => {
    const event = 'rolled_back';
    return { event, channel, subject: redemptionId, couponId, issuanceId, redemptionId, requestId };
  });
  // It can be redeemed again, and the walks that plan reminders may have passed it by.
  const reminders = remindersFor(issuanceId, validUntil.getTime(), choice, Date.now());
  await insertNotifications(client, [...told, ...reminders]);
}
