import type { NotificationChoice } from '../../domain/notification-choice.ts';
import { channelsOf } from '../../domain/notification-choice.ts';
import type {
  ChannelCounts,
  DueNotification,
  DueOrder,
  NotificationQueue,
  Settlement,
} from '../../domain/notification-ledger.ts';
import type {
  Channel,
  NotificationEvent,
  NotificationFacts,
  NotificationToSend,
} from '../../domain/notification.ts';
import type { Database } from './database.ts';
import { CHOICE } from './insert-notifications.ts';

/** The notifications as rows, for those who send them. */
export function postgresNotificationQueue(database: Database): NotificationQueue {
  return {
    async take(channel, count, ms, order) {
      const { rows } = await database.query<DueRow>(TAKE[order], [channel, count, ms]);
      return rows.map(toDue);
    },

    async settle(settlements) {
      if (settlements.length === 0) return;
      await database.query(SETTLE, [
        settlements.map(({ id }) => id),
        settlements.map(({ takenUntil }) => new Date(takenUntil)),
        settlements.map(({ kind }) => (WAITING.has(kind) ? 'waiting' : kind)),
        settlements.map((settled) => ('afterMs' in settled ? settled.afterMs : null)),
        settlements.map((settled) => ('reason' in settled ? settled.reason : null)),
        settlements.map((settled) => ('dueSince' in settled ? new Date(settled.dueSince) : null)),
      ]);
    },

    async counts() {
      const { rows } = await database.query<ChannelCounts>(COUNTS);
      return rows;
    },
  };
}

interface DueRow {
  id: string;
  event: NotificationEvent;
  channel: Channel;
  occurred_at: Date;
  due_at: Date;
  due_since: Date;
  tries: number;
  figures: Readonly<Record<string, number | string>> | null;
  request_id: string | null;
  coupon_id: string;
  coupon_name: string;
  choice: NotificationChoice | null;
  templates: NotificationToSend['templates'] | null;
  issuance_id: string | null;
  user_id: string | null;
  code: string;
  valid_until: Date;
  is_usable: boolean;
  order_id: string | null;
}

const DUE = `state = 'waiting' AND channel = $1 AND due_at <= now()`;

/**
 * Read by the index from its end; what fails time and again comes back there, and those that were
 * never tried stand behind it. Far more than come back in the minutes of a pause.
 */
const NEWEST = 1_000;

// In one statement: what it says is as it was when it was taken, and who dies right after it loses
// nothing. The time by which it comes again also tells whose it is.
const take = (which: string): string => `
  WITH due AS (
    SELECT id, due_at AS due_since,
      date_trunc('milliseconds', now()) + $3 * interval '1 millisecond' AS until
    FROM notifications WHERE ${DUE} ${which} FOR UPDATE SKIP LOCKED),
  taken AS (
    UPDATE notifications SET tries = tries + 1,
      due_at = due.until, taken_until = due.until
    FROM due WHERE notifications.id = due.id
    RETURNING notifications.*, due_since)
  SELECT taken.id::text, event, channel, occurred_at, due_at, due_since, tries, figures, request_id,
    taken.coupon_id, coupons.name AS coupon_name, ${CHOICE} AS choice,
    coupons.notifications -> 'templates' AS templates,
    taken.issuance_id, issuances.user_id, issuances.code, issuances.valid_until,
    issuances.state IN ('issued', 'held') AND issuances.valid_until > now() AS is_usable,
    redemptions.order_id
  FROM taken
  JOIN coupons ON coupons.id = taken.coupon_id
  LEFT JOIN issuances ON issuances.id = taken.issuance_id
  LEFT JOIN redemptions ON redemptions.id = taken.redemption_id
  ORDER BY due_since, taken.id`;

const TAKE: Readonly<Record<DueOrder, string>> = {
  oldest: take('ORDER BY due_at, id LIMIT $2'),
  newest: take(`AND id IN (
    SELECT id FROM (
      SELECT id, tries, due_at FROM notifications WHERE ${DUE}
      ORDER BY due_at DESC, id DESC LIMIT ${NEWEST}) AS newest
    ORDER BY tries, due_at DESC, id DESC LIMIT $2)`),
};

function toDue(row: DueRow): DueNotification {
  return {
    id: row.id,
    channel: row.channel,
    event: row.event,
    occurredAt: row.occurred_at.getTime(),
    takenUntil: row.due_at.getTime(),
    dueSince: row.due_since.getTime(),
    tries: row.tries,
    facts: factsOf(row),
    templates: row.templates ?? undefined,
    ...(row.request_id === null ? {} : { requestId: row.request_id }),
  };
}

function factsOf(row: DueRow): NotificationFacts | { readonly nobody: string } {
  const { coupon_id: couponId, coupon_name: couponName, figures } = row;
  if (!channelsOf(row.choice ?? undefined, row.event).includes(row.channel)) {
    return { nobody: 'the coupon does not tell of it by this channel any more' };
  }
  if (row.issuance_id === null) {
    return { couponId, couponName, ...(figures === null ? {} : { figures }) };
  }
  if (row.user_id === null) return { nobody: 'the user was erased' };
  if (row.event === 'expiring' && !row.is_usable) return { nobody: 'it can not be redeemed now' };
  return {
    couponId,
    couponName,
    issuance: {
      id: row.issuance_id,
      userId: row.user_id,
      code: row.code,
      validUntil: row.valid_until.getTime(),
      ...(row.order_id === null ? {} : { orderId: row.order_id }),
    },
  };
}

const WAITING: ReadonlySet<Settlement['kind']> = new Set(['again', 'untried', 'cut']);

// Who was frozen past its time may have sent what another is sending now: that it is sent is true.
const SETTLE = `
  UPDATE notifications AS told SET
    state = settled.state,
    settled_at = CASE WHEN settled.state <> 'waiting' THEN now() END,
    due_at = coalesce(settled.due_since,
      date_trunc('milliseconds', now()) + settled.after_ms * interval '1 millisecond', told.due_at),
    taken_until = NULL,
    tries = told.tries - (settled.due_since IS NOT NULL)::integer,
    reason = coalesce(settled.reason, CASE WHEN settled.due_since IS NOT NULL THEN told.reason END)
  FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::float8[], $5::text[],
    $6::timestamptz[]) AS settled (id, taken_until, state, after_ms, reason, due_since)
  WHERE told.id = settled.id AND told.state = 'waiting'
    AND (told.taken_until = settled.taken_until OR settled.state = 'sent')`;

const COUNTS = `
  SELECT channel,
    (SELECT count(*)::int FROM notifications
     WHERE state = 'waiting' AND notifications.channel = channels.channel AND due_at <= now()) AS due,
    (SELECT count(*)::int FROM notifications
     WHERE state = 'parked' AND notifications.channel = channels.channel) AS parked
  FROM notification_channels AS channels ORDER BY channel`;
