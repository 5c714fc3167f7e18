import * as z from 'zod';
import { count, fieldsOf, id, instant, words } from './tolerant.ts';

/** Something that was told, waits, or could not be told. */
export type Notification = z.output<typeof notification>;

const notification = z.object({
  id,
  event: words,
  channel: words,
  couponId: id,
  issuanceId: id,
  state: words,
  tries: count,
  reason: words,
  occurredAt: instant,
  dueAt: instant,
});

export function readNotification(answered: unknown): Notification {
  return notification.parse(fieldsOf(answered));
}
