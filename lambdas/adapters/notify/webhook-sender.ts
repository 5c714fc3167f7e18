import {
  USER_EVENTS,
  type NotificationSender,
  type NotificationToSend,
  type SendOutcome,
} from '../../domain/notification.ts';
import type { ChangingSecret } from '../changing-secret.ts';
import type { HttpAnswer, HttpClient } from '../http-client.ts';
import { failed, outcomeOf, outcomeOfAttempt, type FaultReport } from '../send-outcomes.ts';
import { webhookHeaders, webhookKeys } from './webhook-signature.ts';

/**
 * Tells the shop's own systems, as Standard Webhooks are sent. The answer counts, and nothing of it
 * but its status; a redirect is not followed: what is signed for one address is for no other.
 *
 * @param secrets that sign, see {@link webhookKeys}
 * @param now milliseconds since 1970
 */
export function webhookSender(
  url: string,
  secrets: ChangingSecret,
  http: HttpClient,
  now: () => number,
  onFault: FaultReport,
): NotificationSender {
  const attempt = async (
    notification: NotificationToSend,
    signal: AbortSignal,
  ): Promise<SendOutcome> => {
    const body = JSON.stringify(webhookBody(notification));
    const id = notification.id.replace(/[^\w-]/g, '_');
    const post = (secret: string): Promise<HttpAnswer> =>
      http(
        {
          method: 'POST',
          url,
          headers: {
            'content-type': 'application/json',
            'user-agent': 'event-spike-coupons',
            ...webhookHeaders(webhookKeys(secret), id, body, now()),
          },
          body,
        },
        signal,
      );
    const secret = await secrets.read();
    const first = await post(secret);
    const isRefused = first.status === 401 || first.status === 403;
    const isReplaced = isRefused && (await secrets.hasChanged(secret));
    return webhookOutcome(isReplaced ? await post(await secrets.read()) : first);
  };
  return {
    send: (notification, signal) =>
      outcomeOfAttempt(() => attempt(notification, signal), 'webhook', onFault),
  };
}

/**
 * Nobody is there, or somebody who takes no POST: a deployment of the shop's, or an address of ours
 * that is wrong. Both are mended, and what was to be told is told then.
 */
const NOBODY_THERE: ReadonlySet<number> = new Set([404, 405, 410]);

function webhookOutcome(answer: HttpAnswer): SendOutcome {
  const who = 'the shop';
  if (!NOBODY_THERE.has(answer.status)) return outcomeOf(answer, who);
  return failed(`${who} answered ${answer.status}`, answer);
}

/** Without the secret code: it goes to its owner only. */
function webhookBody({ event, occurredAt, facts }: NotificationToSend): unknown {
  const { couponId, couponName, issuance, figures } = facts;
  const subject = (USER_EVENTS as readonly string[]).includes(event) ? 'issuance' : 'coupon';
  return {
    type: `${subject}.${event}`,
    timestamp: timeOf(occurredAt),
    data: {
      couponId,
      couponName,
      ...(issuance && {
        issuance: {
          id: issuance.id,
          userId: issuance.userId,
          validUntil: timeOf(issuance.validUntil),
          ...(issuance.orderId === undefined ? {} : { orderId: issuance.orderId }),
        },
      }),
      ...(figures && { figures }),
    },
  };
}

/** RFC 3339; null for a time that no calendar has. */
function timeOf(time: number): string | null {
  return new Date(time).toJSON();
}
