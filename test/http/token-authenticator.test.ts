import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tokenAuthenticator } from '../../lambdas/adapters/jose/token-authenticator.ts';
import { STANDARD_CLAIMS } from '../../lambdas/config/claim-mapping.ts';
import type { Authenticate } from '../../lambdas/http/authenticator.ts';
import { CleanUp } from '../support/clean-up.ts';
import {
  forgedTokens,
  hopelessTokens,
  HOSTILE_USER,
  misusedTokens,
} from '../support/hostile-tokens.ts';
import { KeyServer } from '../support/key-server.ts';
import { TokenMint } from '../support/tokens.ts';

const cleanUp = new CleanUp();
let attacker: KeyServer;
let mint: TokenMint;
let authenticate: Authenticate;

beforeAll(async () => {
  const issuer = cleanUp.add(await KeyServer.start(), (started) => started.close());
  attacker = cleanUp.add(await KeyServer.start(), (started) => started.close());
  const settings = { issuer: issuer.url, audience: 'coupon-api' };
  mint = await TokenMint.of(issuer.key, settings);
  authenticate = tokenAuthenticator({
    ...settings,
    jwksUri: `${issuer.url}/jwks`,
    claims: STANDARD_CLAIMS,
  });
});

afterAll(() => cleanUp.run());

/** The names of those that are taken. */
async function taken(tokens: Record<string, string>): Promise<string[]> {
  const asked = Object.entries(tokens).map(async ([name, token]): Promise<string[]> => {
    const { ok } = await authenticate(token);
    return ok ? [name] : [];
  });
  return (await Promise.all(asked)).flat();
}

describe('a token', () => {
  it('is taken when it is good, with its user and scopes', async () => {
    const token = await mint.token(HOSTILE_USER, 'coupons:use coupons:manage');
    expect(await authenticate(token)).toEqual({
      ok: true,
      caller: { userId: HOSTILE_USER, scopes: new Set(['coupons:use', 'coupons:manage']) },
    });
  });

  it('is refused when its claims are hopeless', async () => {
    expect(await taken(await hopelessTokens(mint))).toEqual([]);
  });

  it('is refused when nobody signed it who may', async () => {
    expect(await taken(await forgedTokens(mint, attacker))).toEqual([]);
    expect(attacker.keyRequests).toBe(0);
  });

  it('is refused when it is not meant for this', async () => {
    expect(await taken(await misusedTokens(mint))).toEqual([]);
  });
});
