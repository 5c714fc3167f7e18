import { randomUUID } from 'node:crypto';
import type { HttpClient } from './http-client.ts';
import { json } from './http-client.ts';
import { untilSettled } from './until-settled.ts';

const HOUR_MS = 60 * 60 * 1000;

/** The body of a coupon that is open now, for an hour before and after. */
export function couponBody(
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    name: 'Sample',
    quantity: 10,
    issueStartsAt: new Date(Date.now() - HOUR_MS).toISOString(),
    issueEndsAt: new Date(Date.now() + HOUR_MS).toISOString(),
    validity: { days: 30 },
    discount: { type: 'amount', amount: 5000, currency: 'KRW' },
    ...changes,
  };
}

/** Creates a coupon as an operator would, once, however often it must be asked for; returns its id. */
export async function createCoupon(
  http: HttpClient,
  operatorToken: string,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const body = couponBody(changes);
  const headers = { 'idempotency-key': randomUUID() };
  const reply = await untilSettled('a new coupon', () =>
    http.post('/v1/coupons', operatorToken, body, headers),
  );
  if (reply.status !== 201) throw new Error(`no coupon: ${reply.status} ${reply.text}`);
  return String(json(reply)['id']);
}

/** Each issuance is told of to the shop, and what is sold out to operators. */
export const TELLING = {
  notifications: {
    users: { channels: ['webhook'], events: ['issued'] },
    operators: { channels: ['slack'], events: ['sold_out'] },
  },
} as const;
