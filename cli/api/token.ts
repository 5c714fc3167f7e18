import * as z from 'zod';
import type { Clock } from '../context.ts';
import { UsageError } from '../failures.ts';
import { attempt, type Outcome } from './attempt.ts';

type Token =
  { readonly kind: 'token'; readonly token: string } | Exclude<Outcome, { kind: 'answered' }>;

/** Where the token comes from. It is never printed, nor part of an error. */
export interface TokenSource {
  /**
   * @param renewed the last one was refused: another one, if there is a way to one
   * @returns the token, or why there is none
   */
  token(renewed: boolean): Promise<Token>;
  readonly renewable: boolean;
}

/** @throws UsageError if it could not even be sent; the error does not quote it */
export function givenToken(text: string, where: string): TokenSource {
  const token = text.trim().replace(/^Bearer +/i, '');
  if (!/^[\w.~+/=-]+$/.test(token)) throw new UsageError(`${where} holds no token`);
  return { token: () => Promise.resolve({ kind: 'token', token }), renewable: false };
}

const tokenReply = z.object({ access_token: z.string().regex(/^[\w.~+/=-]+$/) });

/** An operator's token of the local stack's issuer, which believes every name. */
export function localToken(issuer: string, clock: Clock, interrupted: AbortSignal): TokenSource {
  const form = new URLSearchParams({
    grant_type: 'password',
    username: 'operator',
    scope: 'coupons:manage',
  });
  const request = {
    url: new URL(`${issuer}/token`),
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  };
  let current: string | undefined;
  return {
    renewable: true,
    async token(renewed) {
      if (renewed) current = undefined;
      if (current === undefined) {
        const outcome = await attempt(request, clock, interrupted);
        if (outcome.kind !== 'answered') return outcome;
        current = tokenReply.parse(JSON.parse(outcome.reply.text)).access_token;
      }
      return { kind: 'token', token: current };
    },
  };
}
