import type { Actor, AuditAction } from '../../domain/audit.ts';
import type {
  NotificationDecision,
  NotificationLog,
  StoredNotification,
} from '../../domain/notification-ledger.ts';
import { appendAudit } from './audit.ts';
import type { Database, Queryable } from './database.ts';

type NotificationRow = Omit<StoredNotification, 'occurredAt' | 'dueAt' | 'settledAt'> & {
  occurredAt: Date;
  dueAt: Date;
  settledAt: Date | null;
};

const COLUMNS = `id::text, event, channel, coupon_id AS "couponId", issuance_id AS "issuanceId",
  redemption_id AS "redemptionId", figures, state, tries, reason, occurred_at AS "occurredAt",
  due_at AS "dueAt", settled_at AS "settledAt", discarded_by AS "discardedBy"`;

/** The notifications as rows, for operators. */
export function postgresNotificationLog(database: Database): NotificationLog {
  return {
    async list({ state, channel, couponId, limit, after }) {
      const conditions = ['state = $2', '($3::bigint IS NULL OR id < $3)'];
      const values: unknown[] = [limit, state, after ?? null];
      if (channel !== undefined) conditions.push(`channel = $${values.push(channel)}`);
      if (couponId !== undefined) conditions.push(`coupon_id = $${values.push(couponId)}`);
      const { rows } = await database.query<NotificationRow>(
        `SELECT ${COLUMNS} FROM notifications WHERE ${conditions.join(' AND ')}
         ORDER BY notifications.id DESC LIMIT $1`,
        values,
      );
      return rows.map(toNotification);
    },

    replay: (id, actor) =>
      database.transaction((client) =>
        decide(client, id, actor, {
          action: 'notification.replayed',
          to: 'waiting',
          how: REPLAY,
          values: [id],
        }),
      ),

    discard: (id, actor) =>
      database.transaction((client) =>
        decide(client, id, actor, {
          action: 'notification.discarded',
          to: 'discarded',
          how: DISCARD,
          values: [id, actor.id],
        }),
      ),
  };
}

interface Decision {
  readonly action: Extract<AuditAction, `notification.${string}`>;
  readonly to: StoredNotification['state'];
  readonly how: string;
  readonly values: readonly unknown[];
}

/** Under the row's lock: of several at once the first one is noted, and all are told the same. */
async function decide(
  client: Queryable,
  id: string,
  actor: Actor,
  { action, to, how, values }: Decision,
): Promise<NotificationDecision> {
  const before = await client.query<NotificationRow>(
    `SELECT ${COLUMNS} FROM notifications WHERE id = $1 FOR UPDATE`,
    [id],
  );
  const [was] = before.rows;
  if (was === undefined) return { kind: 'unknown' };
  if (was.state === 'sent') return { kind: 'sent' };
  if (was.state === 'discarded' && to === 'discarded') {
    return { kind: 'done', notification: toNotification(was) };
  }
  const { rows } = await client.query<NotificationRow>(`${how} RETURNING ${COLUMNS}`, values);
  const [is = was] = rows;
  if (was.state !== to) {
    const { event, channel, couponId, state } = was;
    const details = { event, channel, was: state };
    await appendAudit(client, { actor, action, couponId, subject: id, details });
  }
  return { kind: 'done', notification: toNotification(is) };
}

// One that waits may be with a sender: until that one's time is over no other gets it.
const REPLAY = `
  UPDATE notifications SET state = 'waiting', settled_at = NULL, discarded_by = NULL,
    tries = CASE WHEN state = 'waiting' THEN tries ELSE 0 END,
    due_at = greatest(date_trunc('milliseconds', now()), taken_until)
  WHERE id = $1`;

const DISCARD = `
  UPDATE notifications SET state = 'discarded', settled_at = now(), discarded_by = $2
  WHERE id = $1`;

function toNotification(row: NotificationRow): StoredNotification {
  return {
    ...row,
    occurredAt: row.occurredAt.getTime(),
    dueAt: row.dueAt.getTime(),
    settledAt: row.settledAt?.getTime() ?? null,
  };
}
