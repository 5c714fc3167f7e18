import { channelsOf } from '../../domain/notification-choice.ts';
import type { NotificationChoice } from '../../domain/notification-choice.ts';
import type { EndedCoupon, NotificationPlans } from '../../domain/notification-ledger.ts';
import type { Database } from './database.ts';
import { CHOICE, insertNotifications } from './insert-notifications.ts';
import { planReminders } from './reminder-walks.ts';

/** @param noticeMs from the choice to remind until the first walk; see {@link planReminders} */
export function postgresNotificationPlans(
  database: Database,
  noticeMs?: number,
): NotificationPlans {
  return {
    planReminders: () => planReminders(database, noticeMs),

    async endedCoupons() {
      const { rows } = await database.query<EndedCoupon>(ENDED);
      return rows;
    },

    tellSummary: (ended, figures) =>
      database.transaction(async (client) => {
        const { rows } = await client.query<{ choice: NotificationChoice | null }>(
          `SELECT ${CHOICE} AS choice FROM coupons WHERE id = $1`,
          [ended.id],
        );
        const told = channelsOf(rows[0]?.choice ?? undefined, 'summary').map((channel) => {
          const { id: couponId } = ended;
          return {
            event: 'summary' as const,
            channel,
            couponId,
            subject: subjectOf(ended),
            figures,
          };
        });
        await insertNotifications(client, told);
      }),
  };
}

function subjectOf({ id, endsAt }: EndedCoupon): string {
  return `${id}@end-${endsAt}`;
}

/** Who chooses a summary later than that is not told of what everybody knows. */
const OLD = `interval '30 days'`;

// Closed is final, so there is one closing; the audit keeps when.
const ENDED = `
  SELECT id, ends_at::float8 AS "endsAt",
    least(ends_at, (SELECT extract(epoch FROM max(at)) * 1000 FROM audit
      WHERE audit.coupon_id = coupons.id AND action = 'coupon.closed'))::float8 AS "overSince"
  FROM coupons, LATERAL (SELECT (extract(epoch FROM issue_ends_at) * 1000)::bigint AS ends_at) AS at
  WHERE notifications IS NOT NULL AND notifications #> '{operators,events}' ? 'summary'
    AND (control = 'closed' OR issue_ends_at <= now()) AND issue_ends_at > now() - ${OLD}
    AND NOT EXISTS (
      SELECT FROM notifications AS told
      WHERE told.subject = coupons.id || '@end-' || ends_at AND told.event = 'summary')
  ORDER BY id`;
