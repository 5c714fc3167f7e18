/** What jose checks in a token is checked here too, whatever stands in it. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createPrivateKey, sign } from 'node:crypto';
import fc from 'fast-check';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { tokenAuthenticator } from '../../lambdas/adapters/jose/token-authenticator.ts';
import { STANDARD_CLAIMS } from '../../lambdas/config/claim-mapping.ts';
import { CleanUp } from '../support/clean-up.ts';
import { encode } from '../support/hostile-tokens.ts';
import { KeyServer } from '../support/key-server.ts';

const AUDIENCE = 'coupon-api';

const cleanUp = new CleanUp();
let issuer: KeyServer;

beforeAll(async () => {
  issuer = cleanUp.add(await KeyServer.start(), (started) => started.close());
});

afterAll(() => cleanUp.run());

/** Signed by the issuer, whatever it says. */
function signed(header: object, claims: object): string {
  const text = `${encode(header)}.${encode(claims)}`;
  const key = createPrivateKey({ key: issuer.key, format: 'jwk' });
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

const odd = fc.constantFrom<unknown>(null, true, 0, -1, 1.5, '', 'text', [], {}, [[]], ['b64']);
const mostly = (good: unknown): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: odd });

it('a token is taken only if jose takes it too', async () => {
  const { url, key, publicKey } = issuer;
  const settings = { issuer: url, audience: AUDIENCE };
  const authenticate = tokenAuthenticator({
    ...settings,
    jwksUri: `${url}/jwks`,
    claims: STANDARD_CLAIMS,
  });
  const keys = createLocalJWKSet({ keys: [publicKey] });
  const now = Math.floor(Date.now() / 1000);
  // Minutes before and after: the test takes seconds.
  const time = fc.oneof(mostly(now - 600), fc.constantFrom(now - 900, now + 900));
  const claims = fc.record(
    {
      iss: mostly(url),
      aud: fc.oneof(mostly(AUDIENCE), fc.constant(['others', AUDIENCE])),
      sub: mostly('anna'),
      exp: mostly(now + 900),
      nbf: time,
      iat: time,
    },
    { requiredKeys: ['iss', 'aud', 'sub'] },
  );
  const header = fc.record(
    { typ: mostly('JWT'), alg: mostly(key.alg), kid: mostly(key.kid), crit: odd, b64: odd },
    { requiredKeys: ['alg', 'kid'] },
  );
  let takenByBoth = 0;
  await fc.assert(
    fc.asyncProperty(header, claims, async (head, payload) => {
      const token = signed(head, payload);
      if (!(await authenticate(token)).ok) return;
      const required = { algorithms: [key.alg], requiredClaims: ['exp', 'sub'] };
      await jwtVerify(token, keys, { ...settings, ...required });
      takenByBoth += 1;
    }),
    { numRuns: 2_000, seed: 1 },
  );
  expect(takenByBoth).toBeGreaterThan(50);
});
