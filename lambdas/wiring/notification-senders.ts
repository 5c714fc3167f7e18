import type { AwsAccess } from '../adapters/aws/access.ts';
import type { FaultReport } from '../config/logger.ts';
import type { Channel, NotificationSenders } from '../domain/notification.ts';

/** The channels that this environment has: none yet. */
export function openSenders(
  _settings: object,
  _aws: AwsAccess,
  _onFault: FaultReport,
): { readonly senders: NotificationSenders; readonly channels: readonly Channel[] } {
  return { senders: {}, channels: [] };
}
