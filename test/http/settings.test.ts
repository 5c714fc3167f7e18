import { expect, it } from '@jest/globals';
import { readSettings } from '../../lambdas/config/settings.ts';

const NAMES = ['topic', 'issuer'] as const;
const OPTIONAL = ['corsOrigins'] as const;
const FULL = { KAFKA_TOPIC: 't', JWT_ISSUER: 'i' };

it('reads what is needed, and names all of it that is missing or empty', () => {
  expect(readSettings(FULL, NAMES)).toEqual({ topic: 't', issuer: 'i' });
  expect(() => readSettings({ KAFKA_TOPIC: '' }, NAMES, OPTIONAL)).toThrow(
    'missing environment variables: KAFKA_TOPIC, JWT_ISSUER',
  );
});

it('reads what may be missing or empty, which is the same', () => {
  expect(readSettings({ ...FULL, CORS_ORIGINS: '*' }, NAMES, OPTIONAL).corsOrigins).toBe('*');
  expect(readSettings({ ...FULL, CORS_ORIGINS: '' }, NAMES, OPTIONAL).corsOrigins).toBeUndefined();
  expect(readSettings(FULL, NAMES, OPTIONAL).corsOrigins).toBeUndefined();
});

it('takes what tells where a setting is to be found in its place', () => {
  const names = ['brokers', 'topic'] as const;
  expect(readSettings({ KAFKA_TOPIC: 't', KAFKA_CLUSTER_ARN: 'arn' }, names)).toEqual({
    topic: 't',
    brokers: undefined,
    clusterArn: 'arn',
  });
  expect(readSettings({ KAFKA_TOPIC: 't', KAFKA_BROKERS: 'b:1' }, names).brokers).toBe('b:1');
  expect(() => readSettings({}, names)).toThrow(
    'missing environment variables: KAFKA_BROKERS or KAFKA_CLUSTER_ARN, KAFKA_TOPIC',
  );
});
