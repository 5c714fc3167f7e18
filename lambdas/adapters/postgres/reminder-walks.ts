import { DEFAULT_REMIND_HOURS } from '../../domain/notification-choice.ts';
import type { Database, Queryable } from './database.ts';
import { channelsInSql } from './insert-notifications.ts';
import { PLANNED_AHEAD_MS } from './reminders.ts';

/** Rows read by one statement: some milliseconds. */
const PAGE = 5_000;
const PAGES_AT_ONCE = 20;

/**
 * Whoever writes issuances may have read the coupon before somebody chose to remind, and be not
 * done yet; a walk that began at once would miss what they write.
 */
const NOTICE_MS = 120_000;

/**
 * Plans the reminders of all coupons, an hour ahead. Once an hour it walks through the issuances of
 * a coupon in the order of the line, and only if the counts say that some end by then; so that no
 * issuance pays for an index. Killed anywhere, the walk goes on where it was.
 *
 * @returns whether there is more to plan at once
 */
export async function planReminders(database: Database, noticeMs = NOTICE_MS): Promise<boolean> {
  await database.query(NOTICE);
  for (let pages = 0; pages < PAGES_AT_ONCE; pages += 1) {
    const isMore = await database.transaction((client) => planPage(client, noticeMs));
    if (!isMore) return false;
  }
  return true;
}

interface Walk {
  coupon_id: string;
  after_sequence: number;
  after_id: string;
}

/** False if no coupon is to be planned for. */
async function planPage(client: Queryable, noticeMs: number): Promise<boolean> {
  const { rows } = await client.query<Walk>(BEGIN_OR_GO_ON, [noticeMs]);
  const [walk] = rows;
  if (walk === undefined) return false;
  const { coupon_id: couponId, after_sequence: sequence, after_id: id } = walk;
  const page = await client.query<{ sequence: number; id: string; rows: number }>(PLAN_PAGE, [
    couponId,
    sequence,
    id,
  ]);
  const [last] = page.rows;
  if (last === undefined || last.rows < PAGE) await client.query(END, [couponId]);
  else await client.query(GO_ON, [couponId, last.sequence, last.id]);
  return true;
}

const REMINDING = `notifications IS NOT NULL AND notifications #> '{users,events}' ? 'expiring'`;
const REMIND = `make_interval(hours =>
  coalesce((notifications #>> '{users,remindHoursBefore}')::integer, ${DEFAULT_REMIND_HOURS}))`;

const NOTICE = `
  INSERT INTO reminder_plans (coupon_id) SELECT id FROM coupons
  WHERE ${REMINDING} AND NOT EXISTS (SELECT FROM reminder_plans WHERE coupon_id = coupons.id)
  ON CONFLICT DO NOTHING`;

const BEGIN_OR_GO_ON = `
  WITH next AS (
    SELECT coupon_id, ${REMIND} AS remind
    FROM reminder_plans JOIN coupons ON coupons.id = coupon_id
    WHERE ${REMINDING} AND (walking_until IS NOT NULL
      OR (planned_until < now() + ${REMIND}
        AND noticed_at <= now() - $1 * interval '1 millisecond'))
    ORDER BY coupon_id LIMIT 1 FOR UPDATE OF reminder_plans SKIP LOCKED)
  UPDATE reminder_plans AS plan SET walking_until = coalesce(walking_until,
    now() + remind + interval '${PLANNED_AHEAD_MS} milliseconds')
  FROM next WHERE plan.coupon_id = next.coupon_id
  RETURNING plan.coupon_id, after_sequence, after_id`;

// What is redeemed and rolled back later is planned by the rollback.
const PLAN_PAGE = `
  WITH plan AS (SELECT * FROM reminder_plans WHERE coupon_id = $1),
  page AS MATERIALIZED (
    SELECT issuances.id, issuances.sequence, issuances.state, issuances.valid_until
    FROM issuances
    WHERE issuances.coupon_id = $1 AND (issuances.sequence, issuances.id) > ($2, $3)
      AND EXISTS (
        SELECT FROM issuance_counts, plan
        WHERE issuance_counts.coupon_id = $1 AND seconds = 3600 AND until > planned_until
          AND until - interval '1 hour' < walking_until
        GROUP BY until HAVING sum(usable) > 0)
    ORDER BY issuances.sequence, issuances.id LIMIT ${PAGE}),
  told AS (
    INSERT INTO notifications (event, channel, subject, coupon_id, issuance_id, due_at)
    SELECT 'expiring', channel, page.id, coupons.id, page.id,
      date_trunc('milliseconds', greatest(now(), page.valid_until - ${REMIND}))
    FROM page, plan, coupons, ${channelsInSql('expiring')} AS channel
    WHERE coupons.id = $1 AND page.state IN ('issued', 'held') AND page.valid_until > now()
      AND page.valid_until > planned_until AND page.valid_until <= walking_until
    ORDER BY page.id, channel
    ON CONFLICT (subject, event, channel) DO NOTHING)
  SELECT sequence, id, (SELECT count(*)::int FROM page) AS rows FROM page
  ORDER BY sequence DESC, id DESC LIMIT 1`;

const GO_ON = `UPDATE reminder_plans SET after_sequence = $2, after_id = $3 WHERE coupon_id = $1`;

const END = `
  UPDATE reminder_plans SET planned_until = walking_until, walking_until = NULL,
    after_sequence = 0, after_id = ''
  WHERE coupon_id = $1`;
