import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { tokenAuthenticator } from '../../lambdas/adapters/jose/token-authenticator.ts';
import { readClaimMapping } from '../../lambdas/config/claim-mapping.ts';
import type { Authentication } from '../../lambdas/http/authenticator.ts';
import { CleanUp } from '../support/clean-up.ts';
import { issuers, type GoldenToken, type Issuer } from '../support/issuers.ts';
import { KeyServer } from '../support/key-server.ts';
import { TokenMint } from '../support/tokens.ts';

const LIFETIME_S = 3_600;

const cleanUp = new CleanUp();
let keys: KeyServer;

beforeAll(async () => {
  keys = cleanUp.add(await KeyServer.start(), (started) => started.close());
});

afterAll(() => cleanUp.run());

/** Signs the token by a key of the tests; only that and its times are not as they were. */
async function signed(issuer: Issuer, { header, claims }: GoldenToken): Promise<string> {
  const mint = await TokenMint.of(keys.key, issuer);
  const now = Math.floor(Date.now() / 1000);
  const payload: JWTPayload = { iat: now, exp: now + LIFETIME_S, ...claims };
  return mint.sign({ iss: issuer.issuer, ...payload }, header);
}

async function authenticate(issuer: Issuer, token: GoldenToken): Promise<Authentication> {
  const ask = tokenAuthenticator({
    issuer: issuer.issuer,
    audience: issuer.audience,
    jwksUri: `${keys.url}/jwks`,
    claims: readClaimMapping(issuer.claims && JSON.stringify(issuer.claims)),
  });
  return ask(await signed(issuer, token));
}

describe.each(issuers)('a token of $name', (issuer) => {
  it.each(issuer.taken)('is taken: $what', async (token) => {
    const { user: userId = '', scopes = [] } = token;
    expect(await authenticate(issuer, token)).toEqual({
      ok: true,
      caller: { userId, scopes: new Set(scopes) },
    });
  });

  it.each(issuer.refused)('is refused: $what', async (token) => {
    expect(await authenticate(issuer, token)).toEqual({ ok: false, fault: token.fault });
  });
});

describe('a claim mapping', () => {
  it('is the standard one, as far as it says nothing else', () => {
    const standard = {
      audienceClaim: 'aud',
      scopeClaims: ['scope'],
      scopeSeparator: ' ',
      scopePrefix: '',
    };
    expect(readClaimMapping(undefined)).toEqual(standard);
    expect(readClaimMapping('{}')).toEqual(standard);
    expect(readClaimMapping('{"scopeClaim":["scp","roles"],"scopePrefix":""}')).toEqual({
      ...standard,
      scopeClaims: ['scp', 'roles'],
    });
  });

  it.each([
    ['no JSON', 'JWT_CLAIMS is no JSON'],
    ['[]', 'JWT_CLAIMS is no object'],
    ['{"audience":"x"}', 'JWT_CLAIMS: there is no "audience"'],
    ['{"audienceClaim":""}', 'JWT_CLAIMS: "audienceClaim" must be a text that is not empty'],
    ['{"scopeClaim":[1]}', 'JWT_CLAIMS: "scopeClaim" must be a text that is not empty'],
    ['{"scopeClaim":[]}', 'JWT_CLAIMS: "scopeClaim" names no claim'],
  ])('that is wrong is told what is: %s', (json, message) => {
    expect(() => readClaimMapping(json)).toThrow(message);
  });
});
