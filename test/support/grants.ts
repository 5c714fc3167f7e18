import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { grantReply } from '../../lambdas/api/grant.ts';
import type { Flow } from './flow.ts';
import type { HttpReply } from './http-client.ts';
import { untilSettled } from './until-settled.ts';
import { until } from './until.ts';

export type GrantReply = z.infer<typeof grantReply>;

export function postGrant(
  { http, operatorToken }: Flow,
  couponId: string,
  userIds: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpReply> {
  return http.post(`/v1/coupons/${couponId}/grants`, operatorToken, { userIds }, headers);
}

/** Orders a grant as an operator would, once, however often it must be asked for; returns its id. */
export async function createGrant(
  flow: Flow,
  couponId: string,
  userIds: readonly string[],
): Promise<string> {
  const headers = { 'idempotency-key': randomUUID() };
  const reply = await untilSettled('a grant', () => postGrant(flow, couponId, userIds, headers));
  if (reply.status !== 202) throw new Error(`no grant: ${reply.status} ${reply.text}`);
  const grant = readGrant(reply);
  if (reply.headers.location !== `/v1/grants/${grant.id}`) throw new Error('not its location');
  return grant.id;
}

/** Progress, exactly as the API promises to show it; the counts add up. */
export async function grantOf({ http, operatorToken }: Flow, id: string): Promise<GrantReply> {
  return readGrant(await http.get(`/v1/grants/${id}`, operatorToken));
}

export function grantIsDone(flow: Flow, id: string, patienceMs = 60_000): Promise<GrantReply> {
  return until('the grant is done', patienceMs, async () => {
    const grant = await grantOf(flow, id);
    return grant.state === 'done' ? grant : undefined;
  });
}

function readGrant(reply: HttpReply): GrantReply {
  const grant = grantReply.parse(JSON.parse(reply.text));
  const { accepted, alreadyHad, erased, pending, refused, total } = grant;
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
  if (accepted + alreadyHad + erased + pending + refusals !== total) {
    throw new Error(`the counts do not add up: ${reply.text}`);
  }
  if ((grant.state === 'done') !== (grant.finishedAt !== undefined)) {
    throw new Error(`neither done nor pending: ${reply.text}`);
  }
  return grant;
}
