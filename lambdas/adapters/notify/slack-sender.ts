import { notificationText } from '../../domain/notification-text.ts';
import { cut, figureLines, timeText } from '../../domain/notification-values.ts';
import type {
  Language,
  NotificationSender,
  NotificationToSend,
  SendOutcome,
} from '../../domain/notification.ts';
import type { ChangingSecret } from '../changing-secret.ts';
import type { HttpAnswer, HttpClient } from '../http-client.ts';
import { outcomeOf, outcomeOfAttempt, type FaultReport } from '../send-outcomes.ts';

/** As many characters as Slack takes in a header, a section, and a field of one, and fields. */
const MOST = { header: 150, section: 3_000, field: 2_000, fields: 10 } as const;

/** Posts to a channel by an incoming webhook, whose address is its secret. */
export function slackSender(
  webhookUrl: ChangingSecret,
  language: Language,
  http: HttpClient,
  onFault: FaultReport,
): NotificationSender {
  const attempt = async (
    notification: NotificationToSend,
    signal: AbortSignal,
  ): Promise<SendOutcome> => {
    const body = JSON.stringify(slackMessage(notification, language));
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const post = (url: string): Promise<HttpAnswer> =>
      http({ method: 'POST', url, headers, body }, signal);
    const url = await webhookUrl.read();
    const first = await post(url);
    // `no_service`, `invalid_token`, `channel_is_archived`: there may be another webhook by now.
    const isRefused = [403, 404, 410].includes(first.status);
    const isReplaced = isRefused && (await webhookUrl.hasChanged(url));
    return slackOutcome(isReplaced ? await post(await webhookUrl.read()) : first);
  };
  return {
    send: (notification, signal) =>
      outcomeOfAttempt(() => attempt(notification, signal), 'Slack', onFault),
  };
}

/** A webhook that does not exist any more takes nothing, and no later attempt either. */
function slackOutcome(answer: HttpAnswer): SendOutcome {
  const outcome = outcomeOf(answer, 'Slack');
  if (answer.status !== 403) return outcome;
  return { kind: 'rejected', reason: 'Slack answered 403' };
}

/** Block Kit. All of it is `plain_text`, in which nothing but Slack's own escapes has a meaning. */
function slackMessage(notification: NotificationToSend, language: Language): unknown {
  const reading = { language, reader: 'others', figuresApart: true } as const;
  const text = notificationText(notification, reading);
  const { id, facts, occurredAt } = notification;
  const fields = figureLines(facts.figures ?? {}, language)
    .slice(0, MOST.fields)
    .map(([label, value]) => plain(`${label}\n${value}`, MOST.field));
  return {
    // What notifications of the system show, and screens that are read out.
    text: fitting(text.subject, MOST.section),
    mrkdwn: false,
    blocks: [
      { type: 'header', block_id: `notification-${id}`, text: plain(text.subject, MOST.header) },
      { type: 'section', text: plain(text.body, MOST.section) },
      ...(fields.length === 0 ? [] : [{ type: 'section', fields }]),
      {
        type: 'context',
        elements: [plain(`${facts.couponId} · ${timeText(occurredAt, language)}`, MOST.field)],
      },
    ],
  };
}

function plain(text: string, most: number) {
  // No text of Slack's may be empty.
  return { type: 'plain_text', text: fitting(text, most) || '-', emoji: false };
}

/** Escaped, and within the limit when it is. */
function fitting(text: string, most: number): string {
  let kept = cut(text, most);
  while (escaped(kept).length > most) {
    kept = cut(kept, Array.from(kept).length - Math.ceil((escaped(kept).length - most) / 5));
  }
  return escaped(kept);
}

/** The three characters by which Slack's links and mentions are written. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
