import { notificationText } from '../../domain/notification-text.ts';
import type { Language, NotificationSender, SendOutcome } from '../../domain/notification.ts';
import type { HttpAnswer, HttpClient } from '../http-client.ts';
import { failed, outcomeOfAttempt, rejected, SENT, type FaultReport } from '../send-outcomes.ts';
import type { AwsAccess } from './access.ts';
import { signedAnswer } from './signed-answer.ts';

export interface SnsSettings {
  readonly topicArn: string;
  readonly language: Language;
}

/** Publishes to a topic, for whoever of the operators has subscribed to it. */
export function snsSender(
  access: AwsAccess,
  { topicArn, language }: SnsSettings,
  http: HttpClient,
  onFault: FaultReport,
): NotificationSender {
  const url = `${access.endpoints.SNS ?? `https://sns.${access.region}.amazonaws.com`}/`;
  const contentType = 'application/x-www-form-urlencoded; charset=utf-8';
  return {
    send: (notification, signal) => {
      const { id, event, facts } = notification;
      const { subject, body } = notificationText(notification, { language, reader: 'others' });
      const form = new URLSearchParams({
        Action: 'Publish',
        Version: '2010-03-31',
        TopicArn: topicArn,
        // ASCII is all it takes here; what the text is about stands in its first line.
        Subject: `Coupon ${facts.couponId}: ${event}`.replace(/[^\x20-\x7E]/g, '?').slice(0, 100),
        Message: `${subject}\n\n${body}`,
        ...attributes({ event, couponId: facts.couponId, notificationId: id }),
      });
      const call = { service: 'sns', url, contentType, body: form.toString() };
      const attempt = async () => outcomeOf(await signedAnswer(http, access, call, signal));
      return outcomeOfAttempt(attempt, 'SNS', onFault);
    },
  };
}

/** By these subscribers filter, and tell a repetition. */
function attributes(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value], i) => {
      const entry = `MessageAttributes.entry.${i + 1}`;
      return [
        [`${entry}.Name`, name],
        [`${entry}.Value.DataType`, 'String'],
        [`${entry}.Value.StringValue`, value],
      ];
    }),
  );
}

/** Refusals of this very message; all others are about the topic, its key or our rights. */
const OF_THE_MESSAGE: ReadonlySet<string> = new Set([
  'InvalidParameter',
  'InvalidParameterValue',
  'ParameterValueInvalid',
]);

function outcomeOf(answer: HttpAnswer): SendOutcome {
  const { status, text } = answer;
  if (status === 200) return SENT;
  const [, code = ''] = /<Code>(\w{1,80})<\/Code>/.exec(text) ?? [];
  const reason = `SNS answered ${status}${code === '' ? '' : ` ${code}`}`;
  return OF_THE_MESSAGE.has(code) ? rejected(reason) : failed(reason, answer);
}
