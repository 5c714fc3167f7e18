import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Arrived, Judgement } from '../message.ts';

/** Who sends later than this, or with a clock that is further off, may be somebody who listened. */
const TOLERANCE_SECONDS = 5 * 60;

const bodySchema = z.strictObject({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.looseObject({ couponId: z.string(), couponName: z.string() }),
});

/**
 * The shop's own receiver: it believes nothing that is not signed by its secret, as
 * docs/notifications-channels.md tells shops to do.
 *
 * @param secret `whsec_<base64>`
 */
export function webhookDesk(secret: string): (arrived: Arrived) => Judgement {
  return ({ method, path, headers, body }) => {
    if (method !== 'POST' || path !== '/') return plain(404, 'not found');
    const objection = objectionTo(headers, body, secret, Date.now());
    if (objection !== undefined) return plain(401, objection);
    const event = bodySchema.safeParse(parsed(body));
    if (!event.success) return plain(422, 'not an event');
    const { type, data } = event.data;
    return {
      reply: { status: 204, body: '' },
      taken: {
        channel: 'webhook',
        id: String(headers['webhook-id']),
        event: type,
        subject: `${type}: ${data.couponName}`,
        text: JSON.stringify(event.data, null, 2),
        content: event.data,
      },
    };
  };
}

function objectionTo(
  headers: Arrived['headers'],
  body: string,
  secret: string,
  now: number,
): string | undefined {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) => {
    const value = headers[`webhook-${name}`];
    return typeof value === 'string' ? value : '';
  }) as [string, string, string];
  if (id === '' || !/^\d+$/.test(timestamp)) return 'no headers of a webhook';
  if (Math.abs(now / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS) return 'too old, or too new';
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  const isOurs = signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return isOurs ? undefined : 'wrong signature';
}

function plain(status: number, body: string): Judgement {
  return { reply: { status, headers: { 'content-type': 'text/plain' }, body } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
