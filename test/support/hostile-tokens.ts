import { createHmac, createPublicKey } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { KeyServer } from './key-server.ts';
import { TokenMint } from './tokens.ts';

/** What none of the tokens may be taken for. */
export const HOSTILE_USER = 'mallory-the-stranger';

/** Tokens whose claims give them away: no key is needed to refuse them. */
export async function hopelessTokens(mint: TokenMint): Promise<Record<string, string>> {
  const claims = mint.claims(HOSTILE_USER, 'coupons:use coupons:manage coupons:checkout');
  const now = Math.floor(Date.now() / 1000);
  const without = (name: keyof JWTPayload): JWTPayload =>
    Object.fromEntries(Object.entries(claims).filter(([each]) => each !== name));
  const changed: Record<string, JWTPayload> = {
    'expired an hour ago': { ...claims, exp: now - 3600 },
    'expired a second ago': { ...claims, exp: now - 1 },
    'without an expiry': without('exp'),
    'of an expiry that is text': { ...claims, exp: String(now + 3600) as unknown as number },
    'of another issuer': { ...claims, iss: 'https://issuer.example' },
    'of our issuer with a slash more': { ...claims, iss: `${mint.issuer}/` },
    'without an issuer': without('iss'),
    'for another audience': { ...claims, aud: 'another-api' },
    'for others only': { ...claims, aud: ['another-api', 'coupon-api-2'] },
    'without an audience': without('aud'),
  };
  const signed = Object.entries(changed).map(async ([name, each]): Promise<[string, string]> => [
    name,
    await mint.sign(each),
  ]);
  return {
    ...Object.fromEntries(await Promise.all(signed)),
    'with the algorithm "none"': unsigned({ alg: 'none', typ: 'JWT' }, claims),
    'with the algorithm "nOnE" and our key\'s id': unsigned(
      { alg: 'nOnE', typ: 'JWT', kid: mint.key.kid },
      claims,
    ),
    'with the algorithm "none" and a signature': `${unsigned({ alg: 'none' }, claims)}${
      (await mint.sign(claims)).split('.')[2] ?? ''
    }`,
    'without an algorithm': unsigned({ typ: 'JWT' }, claims),
    'that is no JWT': 'opensesame',
    'of three words': 'one.two.three',
    'of dots': '...',
    'of five parts': 'a.b.c.d.e',
  };
}

/** Tokens of good claims that nobody signed who may. */
export async function forgedTokens(
  mint: TokenMint,
  attacker: KeyServer,
): Promise<Record<string, string>> {
  const claims = mint.claims(HOSTILE_USER, 'coupons:use coupons:manage coupons:checkout');
  const good = await mint.sign(claims);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const other = await TokenMint.of(attacker.key, mint);
  const ourKid = { kid: mint.key.kid };
  const pointers = { jku: `${attacker.url}/jwks`, x5u: `${attacker.url}/cert` };
  const publicPem = createPublicKey({ key: mint.key, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  });
  return {
    'with a changed claim': `${header}.${encode({ ...claims, sub: 'admin' })}.${signature}`,
    'with a changed signature': `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
    'with half a signature': `${header}.${payload}.${signature.slice(0, 100)}`,
    'with no signature': `${header}.${payload}.`,
    'signed by another key': await other.sign(claims, ourKid),
    'signed by a key of no known id': await other.sign(claims),
    'signed by the key that it brings along': await other.sign(claims, {
      ...ourKid,
      jwk: attacker.publicKey,
    }),
    'signed by a key that its header points to': await other.sign(claims, pointers),
    "signed by a key that its header points to, under our key's id": await other.sign(claims, {
      ...ourKid,
      ...pointers,
    }),
    'signed with the public key as a secret': hmac({ alg: 'HS256', ...ourKid }, claims, publicPem),
    "signed with the public key's modulus as a secret": hmac(
      { alg: 'HS256', ...ourKid },
      claims,
      Buffer.from(String(mint.key['n']), 'base64url'),
    ),
    'signed with an empty secret': hmac({ alg: 'HS256', ...ourKid }, claims, ''),
  };
}

/** Tokens that our issuer signed, but not for this. */
export async function misusedTokens(mint: TokenMint): Promise<Record<string, string>> {
  const claims = mint.claims(HOSTILE_USER, 'coupons:use coupons:manage coupons:checkout');
  const subjects: Record<string, unknown> = {
    'of nobody': undefined,
    'of a user that is null': null,
    'of a user that is a number': 7,
    'of a user that is a list': [HOSTILE_USER],
    'of a user without a name': '',
    'of a user whose name is too long': 'x'.repeat(256),
    'of a user with a NUL in the name': `${HOSTILE_USER}\u0000`,
    'of a user with half of a surrogate pair in the name': `${HOSTILE_USER}\ud800`,
  };
  const signed = Object.entries(subjects).map(async ([name, sub]): Promise<[string, string]> => {
    const { sub: _sub, ...rest } = claims;
    const changed = sub === undefined ? rest : { ...rest, sub: sub as string };
    return [name, await mint.sign(changed)];
  });
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;
  return {
    ...Object.fromEntries(await Promise.all(signed)),
    'that is not good yet': await mint.sign({ ...claims, nbf: inAnHour, exp: inAnHour + 60 }),
    'that is not good yet, in text': await mint.sign({ ...claims, nbf: 'soon' as never }),
    'that is good from null on': await mint.sign({ ...claims, nbf: null as never }),
    'that was issued at no time': await mint.sign({ ...claims, iat: null as never }),
    'that was issued at a time in text': await mint.sign({ ...claims, iat: 'now' as never }),
    'of another type': await mint.sign(claims, { typ: 'dpop+jwt' }),
    'of a type that is no text': await mint.sign(claims, { typ: 7 as never }),
    'that must not be taken without knowing more': await mint.sign(claims, {
      crit: ['b64'],
      b64: true,
    }),
  };
}

/** A part of a token, as it stands in it. */
export function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function unsigned(header: object, claims: JWTPayload): string {
  return `${encode(header)}.${encode(claims)}.`;
}

function hmac(header: object, claims: JWTPayload, secret: string | Buffer): string {
  const signed = `${encode({ typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
