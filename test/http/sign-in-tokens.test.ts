import { describe, expect, it } from '@jest/globals';
import {
  brokerToken,
  cacheToken,
  databaseToken,
} from '../../lambdas/adapters/aws/sign-in-tokens.ts';
import { access, objectionTo } from '../support/aws/account.ts';

/** AWS' own lifetime. */
const LIFETIME_MS = 15 * 60_000;

const NOW = Date.now();

const urls: readonly [service: string, tokenAt: (now: number) => string][] = [
  ['elasticache', (now) => `https://${cacheToken(access(), 'coupon-gate', 'coupon', now)}`],
  ['rds-db', (now) => `https://${databaseToken(access(), 'db.example:5432', 'coupon_app', now)}`],
  ['kafka-cluster', (now) => Buffer.from(brokerToken(access(), now), 'base64url').toString()],
];

describe.each(urls)('a token for %s', (service, tokenAt) => {
  it('is signed as another implementation signs it', async () => {
    expect(await objectionTo(tokenAt(NOW), service, LIFETIME_MS)).toBeUndefined();
  });

  it('is good for a quarter of an hour, from when it is made', async () => {
    expect(new URL(tokenAt(NOW)).searchParams.get('X-Amz-Expires')).toBe('900');
    const old = tokenAt(NOW - LIFETIME_MS - 2_000);
    expect(await objectionTo(old, service, LIFETIME_MS)).toBe('too old');
  });

  it('is good for nothing else', async () => {
    const url = tokenAt(NOW);
    expect(await objectionTo(url, 'another', LIFETIME_MS)).toBe('of another service');
    const changed = url.replace(/Action=\w/, 'Action=x');
    expect(await objectionTo(changed, service, LIFETIME_MS)).toBe('wrong signature');
  });
});

describe('a token for', () => {
  const now = Date.UTC(2026, 10, 29, 3, 18, 15);
  const signatureOf = (url: string): string | null =>
    new URL(url).searchParams.get('X-Amz-Signature');

  it('a broker has the signature that aws-msk-iam-sasl-signer-js 1.0.3 made then', () => {
    expect(signatureOf(Buffer.from(brokerToken(access(), now), 'base64url').toString())).toBe(
      'ef9f3287fb2bddeb079b9eef7e0cadb24e4d18c4d59c2cd0011693b511c3ca4d',
    );
  });

  it('a database has the signature that @aws-sdk/rds-signer made then', () => {
    const url = `https://${databaseToken(access(), 'db.example:5432', 'coupon_app', now)}`;
    expect(signatureOf(url)).toBe(
      '062a5386f804f25f1987e5145836c3697d68b76daf12c7edc1a646810f3c3e9b',
    );
  });

  it('a cache names the replication group as ElastiCache keeps it, and the user', () => {
    const token = cacheToken(access(), 'Coupon-Gate', 'coupon', now);
    expect(token).toMatch(/^coupon-gate\/\?Action=connect&User=coupon&X-Amz-Algorithm=/);
  });
});
