import type { Channel, NotificationEvent } from '../../domain/notification.ts';
import { USER_EVENTS } from '../../domain/notification.ts';
import type { Queryable } from './database.ts';

/** What is to be told by one channel. */
export interface NewNotification {
  readonly event: NotificationEvent;
  readonly channel: Channel;
  /** What it tells of: the same again is the same notification. */
  readonly subject: string;
  readonly couponId: string;
  readonly issuanceId?: string | undefined;
  readonly redemptionId?: string | undefined;
  readonly figures?: Readonly<Record<string, number | string>> | undefined;
  readonly requestId?: string | undefined;
  /** At once without. Milliseconds since 1970. */
  readonly dueAt?: number | undefined;
}

/**
 * Writes what is to be told, in the transaction it tells of; what is there already stays as it is.
 * In the order of the unique key: two at once then wait for each other in turn, not crosswise.
 */
export async function insertNotifications(
  client: Queryable,
  notifications: readonly NewNotification[],
): Promise<void> {
  if (notifications.length === 0) return;
  await client.query(INSERT, [
    notifications.map(({ event }) => event),
    notifications.map(({ channel }) => channel),
    notifications.map(({ subject }) => subject),
    notifications.map(({ couponId }) => couponId),
    notifications.map(({ issuanceId }) => issuanceId ?? null),
    notifications.map(({ redemptionId }) => redemptionId ?? null),
    notifications.map(({ figures }) => (figures === undefined ? null : JSON.stringify(figures))),
    notifications.map(({ requestId }) => requestId ?? null),
    notifications.map(({ dueAt }) => (dueAt === undefined ? null : new Date(dueAt))),
  ]);
}

const INSERT = `
  INSERT INTO notifications (event, channel, subject, coupon_id, issuance_id, redemption_id,
    figures, request_id, due_at)
  SELECT event, channel, subject, coupon_id, issuance_id, redemption_id, figures, request_id,
    coalesce(due_at, date_trunc('milliseconds', clock_timestamp()))
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[],
    $8::text[], $9::timestamptz[]) AS told (event, channel, subject, coupon_id, issuance_id,
    redemption_id, figures, request_id, due_at)
  ORDER BY subject, event, channel
  ON CONFLICT (subject, event, channel) DO NOTHING`;

/** Of a coupon's row: the channels by which an event is told, as rows; none where nobody is. */
export function channelsInSql(event: NotificationEvent): string {
  const whom = (USER_EVENTS as readonly string[]).includes(event) ? 'users' : 'operators';
  return `jsonb_array_elements_text(
    CASE WHEN notifications #> '{${whom},events}' ? '${event}'
      THEN notifications #> '{${whom},channels}' END)`;
}

/** Of a coupon's row: what was chosen, without the words, which only who sends needs. */
export const CHOICE = `coupons.notifications - 'templates'`;
