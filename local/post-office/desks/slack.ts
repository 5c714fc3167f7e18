import { z } from 'zod';
import type { Arrived, Judgement, Reply } from '../message.ts';

const plainText = (most: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(most),
    emoji: z.boolean(),
  });

/** As much of Block Kit as is sent here, with its limits. */
const blockSchema = z.union([
  z.strictObject({
    type: z.literal('header'),
    block_id: z.string().max(255),
    text: plainText(150),
  }),
  z.strictObject({ type: z.literal('section'), text: plainText(3_000) }),
  z.strictObject({ type: z.literal('section'), fields: z.array(plainText(2_000)).min(1).max(10) }),
  z.strictObject({ type: z.literal('context'), elements: z.array(plainText(2_000)).max(10) }),
]);
const messageSchema = z.strictObject({
  text: z.string().min(1),
  mrkdwn: z.boolean(),
  blocks: z.array(blockSchema).min(1).max(50),
});

/** An incoming webhook of Slack, at a path that only who has its address knows. */
export function slackDesk(webhookPath: string): (arrived: Arrived) => Judgement {
  return ({ method, path, body }) => {
    if (path !== webhookPath) return { reply: slackReply(404, 'no_service') };
    if (method !== 'POST') return { reply: slackReply(405, 'http_method_not_allowed') };
    const message = messageSchema.safeParse(parsed(body));
    if (!message.success) return { reply: slackReply(400, 'invalid_blocks') };
    const { text, blocks } = message.data;
    // `<!channel>`, `<@U1>`, `<https://…|click>`: Slack would act on it. Nothing of ours may.
    if (textsOf([text, blocks]).some((one) => /[<>]/.test(one))) {
      return { reply: slackReply(400, 'message_with_control_characters') };
    }
    const header = blocks.find((block) => block.type === 'header');
    return {
      reply: slackReply(200, 'ok'),
      taken: {
        channel: 'slack',
        id: header?.block_id.replace(/^notification-/, '') ?? '',
        event: '',
        subject: unescaped(header?.text.text ?? text),
        text: textsOf(blocks.filter((block) => block.type !== 'header'))
          .map(unescaped)
          .join('\n\n'),
        content: message.data,
      },
    };
  };
}

export function slackReply(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/plain' }, body };
}

/** Every text in it that people would see, in its order. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    ['text', 'fields', 'elements'].includes(name) ? textsOf(part) : [],
  );
}

/** As Slack shows it. */
function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
