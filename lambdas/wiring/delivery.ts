import type { AwsAccess } from '../adapters/aws/access.ts';
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
import type { Logger } from '../domain/log-lines.ts';
import type { Meter } from '../domain/metrics.ts';
import { SlowChannels } from '../domain/slow-channels.ts';
import { openSenders, type ChannelVariables } from './notification-senders.ts';

export interface DeliveryParts {
  readonly database: Database;
  readonly meter: Meter;
  readonly logger: Logger;
  /** Tells senders apart. */
  readonly newHolder: () => string;
  readonly onFault: FaultReport;
}

/**
 * The sending of notifications, for each function that does it.
 *
 * @throws PlainFault as `openSenders` does, or of the rates
 */
export function openDelivery(
  settings: ChannelVariables & Settings<never, 'notifyRates'>,
  aws: AwsAccess,
  { database, newHolder, ...parts }: DeliveryParts,
): (run: DeliveryRun) => Promise<DeliveryReport> {
  const dependencies = {
    ...parts,
    senders: openSenders(settings, aws, parts.onFault).senders,
    queue: postgresNotificationQueue(database),
    channels: postgresNotificationChannels(database),
    clock: systemClock,
    random: Math.random,
    settings: withRates(DELIVERY_SETTINGS, settings.notifyRates),
    slow: new SlowChannels(systemClock),
  };
  return (run) => deliverNotifications({ ...dependencies, holder: newHolder() }, run);
}
