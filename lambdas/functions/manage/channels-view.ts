import { missingChannels } from '../../domain/notification-choice.ts';
import type { Channel, CouponNotifications } from '../../domain/notification.ts';
import type { Answer } from '../../http/answer.ts';
import { problem } from '../../http/answer.ts';

/**
 * The answer to who chooses channels that there are not: what is told by them would wait for ever.
 *
 * @param channels that the environment has
 */
export function refuseMissing(
  notifications: CouponNotifications | null | undefined,
  channels: readonly Channel[],
): Answer | undefined {
  if (notifications == null) return undefined;
  const missing = missingChannels(notifications, channels);
  if (missing.length === 0) return undefined;
  const errors = (['users', 'operators'] as const).flatMap((group) => {
    const chosen: readonly Channel[] = notifications[group]?.channels ?? [];
    return chosen.flatMap((channel, i) =>
      missing.includes(channel)
        ? [
            {
              pointer: `/notifications/${group}/channels/${i}`,
              detail: {
                en: `This environment has no channel ${channel}.`,
                ko: `이 환경에는 ${channel} 채널이 없습니다.`,
              },
            },
          ]
        : [],
    );
  });
  return problem('invalid_request', { errors });
}
