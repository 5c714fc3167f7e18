import { createHash } from 'node:crypto';
import type { Arrived, Judgement } from '../message.ts';

/** Of an address' part before the @. */
const MAX_LOCAL_PART = 64;

/**
 * The shop's user service. Every user has an address, made of the id, but those called `nomail-…`,
 * and one that is none those called `badmail-…`; `unknown-…` it does not know; who ends in `-ko`
 * reads Korean.
 */
export function usersDesk(token: string): (arrived: Arrived) => Judgement {
  return ({ method, path, headers }) => {
    if (headers['authorization'] !== `Bearer ${token}`) return json(401, { error: 'who are you?' });
    const [, encoded] = /^\/([^/?]+)$/.exec(path) ?? [];
    const userId = encoded === undefined ? undefined : decoded(encoded);
    if (method !== 'GET' || userId === undefined || userId.startsWith('unknown-')) {
      return json(404, { error: 'no such user' });
    }
    return json(200, { email: emailOf(userId), language: userId.endsWith('-ko') ? 'ko' : 'en' });
  };
}

function emailOf(userId: string): string | null {
  if (userId.startsWith('nomail-')) return null;
  return userId.startsWith('badmail-')
    ? 'two@example.test, addresses@example.test'
    : addressOf(userId);
}

/** Another for each user: what an address can't hold is written in hexadecimal. */
export function addressOf(userId: string): string {
  const local = userId.replace(/[^A-Za-z0-9-]/gu, (character) => {
    return `=${Buffer.from(character).toString('hex')}`;
  });
  const short =
    local.length <= MAX_LOCAL_PART ? local : createHash('sha256').update(userId).digest('hex');
  return `${short.slice(0, MAX_LOCAL_PART)}@example.test`;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function json(status: number, body: unknown): Judgement {
  const headers = { 'content-type': 'application/json' };
  return { reply: { status, headers, body: JSON.stringify(body) } };
}
