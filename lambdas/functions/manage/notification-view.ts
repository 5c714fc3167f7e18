import type * as z from 'zod';
import type { notificationReply } from '../../api/notifications.ts';
import type { NotificationDecision, StoredNotification } from '../../domain/notification-ledger.ts';
import type { Answer } from '../../http/answer.ts';
import { json, problem } from '../../http/answer.ts';
import { rfc3339 } from '../../http/rfc3339.ts';
import type { Text } from '../../http/text.ts';

export function viewNotification(
  notification: StoredNotification,
): z.input<typeof notificationReply> {
  const { occurredAt, dueAt, settledAt } = notification;
  return {
    ...notification,
    occurredAt: rfc3339(occurredAt),
    dueAt: rfc3339(dueAt),
    settledAt: settledAt === null ? null : rfc3339(settledAt),
  };
}

export function viewDecision(decision: NotificationDecision): Answer {
  switch (decision.kind) {
    case 'done':
      return json(200, viewNotification(decision.notification));
    case 'unknown':
      return problem('notification_not_found');
    case 'sent':
      return problem('invalid_transition', { detail: SENT });
  }
}

const SENT: Text = {
  en: 'The notification was sent; it can not be taken back, and is not sent a second time.',
  ko: '이미 전송된 알림은 취소하거나 다시 보낼 수 없습니다.',
};
