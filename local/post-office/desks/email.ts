import { z } from 'zod';
import type { Arrived, Judgement, Reply } from '../message.ts';
import { isSigned } from './signed.ts';

const utf8 = z.object({ Data: z.string(), Charset: z.literal('UTF-8') });

/** As much of SES' SendEmail as is sent here. */
const mailSchema = z.object({
  FromEmailAddress: z.email(),
  Destination: z.object({ ToAddresses: z.tuple([z.string()]) }),
  Content: z.object({
    Simple: z.object({ Subject: utf8, Body: z.object({ Text: utf8, Html: utf8 }) }),
  }),
  EmailTags: z.array(z.object({ Name: z.string(), Value: z.string().regex(/^[\w-]{1,256}$/) })),
  ConfigurationSetName: z.string().optional(),
});

/**
 * `POST /v2/email/outbound-emails` of SES. Mail to `reject-…` is refused for ever, and what comes
 * from `unverified@…` until the account has verified it.
 */
export function emailDesk({ method, path, headers, body }: Arrived): Judgement {
  if (method !== 'POST' || path !== '/v2/email/outbound-emails') {
    return { reply: sesError(404, 'UnknownOperationException') };
  }
  if (!isSigned(headers, 'ses')) return { reply: sesError(403, 'AccessDeniedException') };
  const mail = mailSchema.safeParse(parsed(body));
  if (!mail.success) return { reply: sesError(400, 'BadRequestException') };
  const { Destination, Content, EmailTags } = mail.data;
  const [to] = Destination.ToAddresses;
  const { FromEmailAddress: from } = mail.data;
  if (from.startsWith('unverified@'))
    return { reply: sesError(400, 'MessageRejected', unverified(from)) };
  const { Subject, Body } = Content.Simple;
  if (/[\r\n]/.test(Subject.Data + to)) return { reply: sesError(400, 'BadRequestException') };
  if (to.startsWith('reject-')) return { reply: sesError(400, 'MessageRejected') };
  const tag = (name: string): string => EmailTags.find(({ Name }) => Name === name)?.Value ?? '';
  const id = tag('notification');
  return {
    reply: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ MessageId: `local-${id}` }),
    },
    taken: {
      channel: 'email',
      id,
      event: tag('event'),
      to,
      subject: Subject.Data,
      text: Body.Text.Data,
      html: Body.Html.Data,
      content: mail.data,
    },
  };
}

/** As SES refuses. */
export function sesError(
  status: number,
  kind: string,
  message = 'as the post office has it',
): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': kind },
    body: JSON.stringify({ message }),
  };
}

/** In SES' own words, by which alone it can be told from a refusal of the message. */
function unverified(address: string): string {
  return `Email address is not verified. The following identities failed the check in region EU-WEST-1: ${address}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
