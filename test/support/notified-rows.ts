import { randomUUID } from 'node:crypto';
import { systemClock } from '../../lambdas/adapters/clock/system-clock.ts';
import { postgresNotificationChannels } from '../../lambdas/adapters/postgres/notification-channels.ts';
import { postgresNotificationQueue } from '../../lambdas/adapters/postgres/notification-queue.ts';
import { DELIVERY_SETTINGS } from '../../lambdas/config/limits.ts';
import type {
  DeliveryDependencies,
  DeliveryReport,
  DeliveryRun,
} from '../../lambdas/domain/deliver-notifications.ts';
import { deliverNotifications } from '../../lambdas/domain/deliver-notifications.ts';
import { SlowChannels } from '../../lambdas/domain/slow-channels.ts';
import type { DeliverySettings } from '../../lambdas/domain/sending-pace.ts';
import type {
  CouponNotifications,
  NotificationSenders,
} from '../../lambdas/domain/notification.ts';
import type { IssuedRows } from './issued-rows.ts';

/** Users by e-mail, operators by Slack, both of everything. */
export const EVERYTHING: CouponNotifications = {
  users: {
    channels: ['email'],
    events: ['issued', 'redeemed', 'rolled_back', 'expiring'],
    remindHoursBefore: 24,
  },
  operators: {
    channels: ['slack'],
    events: ['sold_out', 'gate_closed', 'gate_opened', 'quarantined', 'summary'],
  },
};

export const ONLY_ISSUED: CouponNotifications = {
  users: { channels: ['email'], events: ['issued'] },
};

/** What a run reports that had nothing to do. */
export const NOTHING: DeliveryReport = {
  sent: 0,
  nobody: 0,
  parked: 0,
  again: 0,
  untried: 0,
  cut: 0,
};

export interface NotificationRow {
  readonly id: string;
  readonly event: string;
  readonly channel: string;
  readonly subject: string;
  readonly state: string;
  readonly tries: number;
  readonly reason: string | null;
  readonly request_id: string | null;
  readonly figures: Readonly<Record<string, unknown>> | null;
  /** Milliseconds from now, by the database's clock. */
  readonly due_in: number;
}

/** Of one coupon, in the order in which they were written. */
export async function notificationsOf(
  { owner }: IssuedRows,
  couponId: string,
): Promise<NotificationRow[]> {
  const { rows } = await owner.query<NotificationRow>(
    `SELECT id::text, event, channel, subject, state, tries, reason, request_id, figures,
       (extract(epoch FROM due_at - now()) * 1000)::float8 AS due_in
     FROM notifications WHERE coupon_id = $1 ORDER BY notifications.id`,
    [couponId],
  );
  return rows;
}

/** Everything that waits is due now, and no channel paused. */
export async function makeDue({ owner }: IssuedRows): Promise<void> {
  await owner.query(`UPDATE notifications SET due_at = now(), taken_until = NULL
    WHERE state = 'waiting'`);
  await owner.query(`UPDATE notification_channels SET paused_until = '-infinity',
    leased_until = '-infinity', not_before = '-infinity'`);
}

/** Forgets what other tests have left to send. */
export async function nothingWaits({ owner }: IssuedRows): Promise<void> {
  await owner.query(`UPDATE notifications SET state = 'nobody', settled_at = now(), reason = 'old'
    WHERE state = 'waiting'`);
  await owner.query(`UPDATE notification_channels SET paused_until = '-infinity', failures = 0,
    leased_until = '-infinity', not_before = '-infinity'`);
}

/** As fast as it goes, unless the settings say otherwise. */
export function fast(changes: Partial<DeliverySettings['paces']['email']> = {}): DeliverySettings {
  const pace = { perSecond: 10_000, concurrency: 4, timeoutMs: 200, pausesAfter: 3, ...changes };
  return { ...DELIVERY_SETTINGS, paces: { email: pace, slack: pace, sns: pace, webhook: pace } };
}

/** One process that sends. */
export function deliver(
  { database }: IssuedRows,
  senders: NotificationSenders,
  changes: Partial<DeliveryDependencies> = {},
  run: DeliveryRun = { budgetMs: 5_000 },
): Promise<DeliveryReport> {
  return deliverNotifications(
    {
      queue: postgresNotificationQueue(database),
      channels: postgresNotificationChannels(database),
      senders,
      clock: systemClock,
      random: () => 1,
      holder: randomUUID(),
      settings: fast(),
      slow: new SlowChannels(systemClock),
      meter: { record: () => undefined },
      logger: { writesInfo: false, info: () => undefined },
      onFault: (what, error) => {
        throw new Error(what, { cause: error });
      },
      ...changes,
    },
    run,
  );
}
