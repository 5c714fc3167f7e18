import { z } from 'zod';

/** Whom the post office stands for: four who take messages, and the shop's user service. */
export const DESKS = ['email', 'sns', 'slack', 'webhook', 'users'] as const;
export type Desk = (typeof DESKS)[number];

export const messageSchema = z.object({
  /** Counts from 1, of all channels. */
  number: z.int(),
  /** RFC 3339. */
  receivedAt: z.string(),
  channel: z.enum(['email', 'sns', 'slack', 'webhook']),
  /** Of the notification: the same when it came again. */
  id: z.string(),
  event: z.string(),
  /** An e-mail's address. */
  to: z.string().optional(),
  subject: z.string(),
  text: z.string(),
  html: z.string().optional(),
  /** All of it, as it came. */
  content: z.unknown(),
});

/** A message that was taken. */
export type Message = z.infer<typeof messageSchema>;

/** What a desk reads off a message. */
export type Taken = Omit<Message, 'number' | 'receivedAt'>;

/** A request as a desk sees it. */
export interface Arrived {
  readonly method: string;
  /** Below the desk's own address. */
  readonly path: string;
  /** In lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Judgement {
  readonly reply: Reply;
  /** Undefined when there is nothing to keep. */
  readonly taken?: Taken;
}
