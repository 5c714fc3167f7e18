import { createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import {
  isKnownAlgorithm,
  isSignedBy,
  type PublicKey,
} from '../../lambdas/adapters/jose/token-signature.ts';
import { encode } from '../support/hostile-tokens.ts';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

interface Signed {
  readonly token: string;
  /** As a key set has it. */
  readonly key: PublicKey;
}

async function signed(algorithm: string): Promise<Signed> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const token = await new SignJWT({ sub: 'anna', aud: 'coupon-api' })
    .setProtectedHeader({ alg: algorithm })
    .sign(pair.privateKey);
  const key = await importJWK(await exportJWK(pair.publicKey), algorithm);
  return { token, key: key as PublicKey };
}

describe('a signature', () => {
  it.each(ALGORITHMS)('of %s is that of its key, and of no other', async (algorithm) => {
    const { token, key } = await signed(algorithm);
    const other = await signed(algorithm);
    expect(isSignedBy(token, algorithm, key)).toBe(true);
    expect(isSignedBy(token, algorithm, other.key)).toBe(false);
  });

  it.each(ALGORITHMS)('of %s is none when anything of it is changed', async (algorithm) => {
    const { token, key } = await signed(algorithm);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const zeroes = Buffer.alloc(Buffer.from(signature, 'base64url').length).toString('base64url');
    const changed = [
      `${header}.${payload}x.${signature}`,
      `${header}x.${payload}.${signature}`,
      `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      `${header}.${payload}.${signature.slice(0, -4)}`,
      `${header}.${payload}.${signature}AAAA`,
      `${header}.${payload}.${signature}====`,
      `${header}.${payload}.${signature} `,
      `${header}.${payload}.${signature}\n`,
      `${header}.${payload}.${zeroes}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.${payload}.${signature}`,
      '',
    ];
    expect(changed.filter((each) => isSignedBy(each, algorithm, key))).toEqual([]);
  });

  it('is none by another algorithm of the same key', async () => {
    const { token, key } = await signed('PS256');
    expect(isSignedBy(token, 'RS256', key)).toBe(false);
  });

  it('is none by an algorithm with a secret, or by none at all', async () => {
    const { token, key } = await signed('RS256');
    const others = ['HS256', 'none', 'nOnE', 'RSA1_5', '__proto__', 'toString', '', undefined, 7];
    expect(others.filter((each) => isKnownAlgorithm(each))).toEqual([]);
    expect(others.filter((each) => isSignedBy(token, String(each), key))).toEqual([]);
  });

  it('is none by an RSA key of less than 2,048 bits', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const unsigned = `${encode({ alg: 'RS256' })}.${encode({ sub: 'anna' })}`;
    const signature = createSign('sha256').update(unsigned).sign(privateKey, 'base64url');
    const key = await importJWK(publicKey.export({ format: 'jwk' }), 'RS256');
    expect(isSignedBy(`${unsigned}.${signature}`, 'RS256', key as PublicKey)).toBe(false);
  });
});
