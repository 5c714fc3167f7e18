import { systemClock } from '../adapters/clock/system-clock.ts';
import type { Database } from '../adapters/postgres/database.ts';
import { postgresNotificationChannels } from '../adapters/postgres/notification-channels.ts';
import { postgresNotificationQueue } from '../adapters/postgres/notification-queue.ts';
import { DELIVERY_SETTINGS } from '../config/limits.ts';
import type { FaultReport } from '../config/logger.ts';
import { withRates } from '../config/notify-rates.ts';
import type { Settings } from '../config/settings.ts';
import type { DeliveryReport, DeliveryRun } from '../domain/deliver-notifications.ts';
import { deliverNotifications } from '../domain/deliver-notifications.ts';
import { SlowChannels } from '../domain/slow-channels.ts';
import type { Logger } from '../domain/log-lines.ts';
import type { Meter } from '../domain/metrics.ts';
import type { NotificationSenders } from '../domain/notification.ts';

export interface DeliveryParts {
  readonly database: Database;
  readonly senders: NotificationSenders;
  readonly meter: Meter;
  readonly logger: Logger;
  /** Tells senders apart. */
  readonly newHolder: () => string;
  readonly onFault: FaultReport;
}

/** The sending of notifications, for each function that does it. */
export function openDelivery(
  { notifyRates }: Settings<never, 'notifyRates'>,
  { database, newHolder, ...parts }: DeliveryParts,
): (run: DeliveryRun) => Promise<DeliveryReport> {
  const dependencies = {
    ...parts,
    queue: postgresNotificationQueue(database),
    channels: postgresNotificationChannels(database),
    clock: systemClock,
    random: Math.random,
    settings: withRates(DELIVERY_SETTINGS, notifyRates),
    slow: new SlowChannels(systemClock),
  };
  return (run) => deliverNotifications({ ...dependencies, holder: newHolder() }, run);
}
