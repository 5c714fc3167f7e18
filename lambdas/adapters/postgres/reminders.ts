import { couponIdOf } from '../../domain/issuance.ts';
import type { NotificationChoice } from '../../domain/notification-choice.ts';
import { channelsOf, remindMsOf } from '../../domain/notification-choice.ts';
import type { NewNotification } from './insert-notifications.ts';

/** Walks plan for this long ahead, so that one is due once an hour. Milliseconds. */
export const PLANNED_AHEAD_MS = 60 * 60 * 1000;

/**
 * A walk may have passed what is written while it goes: whoever writes an issuance plans its
 * reminder too, if it is due within this time. Longer than walks plan ahead, by more than any
 * transaction lasts, or clocks differ.
 */
const WRITER_PLANS_MS = 2 * PLANNED_AHEAD_MS;

/** The reminders of an issuance that is written now, as far as no walk will plan them. */
export function remindersFor(
  issuanceId: string,
  validUntil: number,
  choice: NotificationChoice | undefined,
  now: number,
): NewNotification[] {
  const dueAt = validUntil - remindMsOf(choice);
  if (dueAt > now + WRITER_PLANS_MS || validUntil <= now) return [];
  return channelsOf(choice, 'expiring').map((channel) => ({
    event: 'expiring',
    channel,
    subject: issuanceId,
    couponId: couponIdOf(issuanceId),
    issuanceId,
    dueAt: Math.max(dueAt, now),
  }));
}
