import type { Arrived, Judgement, Reply } from '../message.ts';
import { isSigned } from './signed.ts';

const MAX_MESSAGE_BYTES = 256 * 1024;

/** `Publish` of SNS. */
export function snsDesk({ method, path, headers, body }: Arrived): Judgement {
  if (method !== 'POST' || path !== '/') return { reply: snsError(404, 'NotFound') };
  if (!isSigned(headers, 'sns')) return { reply: snsError(403, 'SignatureDoesNotMatch') };
  const form = new URLSearchParams(body);
  const [topic, subject, message] = ['TopicArn', 'Subject', 'Message'].map(
    (name) => form.get(name) ?? '',
  ) as [string, string, string];
  const isSubject = /^[\x21-\x7E][\x20-\x7E]{0,99}$/.test(subject);
  const isMessage = message !== '' && Buffer.byteLength(message) <= MAX_MESSAGE_BYTES;
  if (form.get('Action') !== 'Publish' || !topic.startsWith('arn:') || !isSubject || !isMessage) {
    return { reply: snsError(400, 'InvalidParameter') };
  }
  const attributes = attributesOf(form);
  return {
    reply: {
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: '<PublishResponse><PublishResult><MessageId>local</MessageId></PublishResult></PublishResponse>',
    },
    taken: {
      channel: 'sns',
      id: attributes.get('notificationId') ?? '',
      event: attributes.get('event') ?? '',
      subject,
      text: message,
      content: Object.fromEntries(form),
    },
  };
}

function attributesOf(form: URLSearchParams): Map<string, string> {
  const attributes = new Map<string, string>();
  for (let i = 1; form.has(`MessageAttributes.entry.${i}.Name`); i += 1) {
    const entry = `MessageAttributes.entry.${i}`;
    attributes.set(form.get(`${entry}.Name`) ?? '', form.get(`${entry}.Value.StringValue`) ?? '');
  }
  return attributes;
}

/** As SNS refuses. */
export function snsError(status: number, code: string): Reply {
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>as the post office has it</Message></Error></ErrorResponse>`,
  };
}
