import type { NotificationChannels } from '../../domain/notification-ledger.ts';
import type { Database } from './database.ts';

/** A row for each channel says who sends, and when the next may be sent. */
export function postgresNotificationChannels(database: Database): NotificationChannels {
  return {
    async take(channel, holder, ms) {
      const { rows } = await database.query<{ wait_ms: number; failures: number }>(TAKE, [
        channel,
        holder,
        ms,
      ]);
      return rows[0] && { waitMs: rows[0].wait_ms, failures: rows[0].failures };
    },

    async release(channel, holder, { waitMs, failures, pauseMs }) {
      await database.query(RELEASE, [channel, holder, waitMs, failures, pauseMs]);
    },
  };
}

const TAKE = `
  UPDATE notification_channels SET holder = $2,
    leased_until = now() + $3 * interval '1 millisecond'
  WHERE channel = $1 AND paused_until <= now() AND (leased_until <= now() OR holder = $2)
  RETURNING greatest(0, extract(epoch FROM
      greatest(not_before, now()) - now()) * 1000)::float8 AS wait_ms, failures`;

const RELEASE = `
  UPDATE notification_channels SET leased_until = '-infinity', failures = $4,
    not_before = now() + $3 * interval '1 millisecond',
    paused_until = now() + $5 * interval '1 millisecond'
  WHERE channel = $1 AND holder = $2`;
