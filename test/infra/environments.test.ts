import { describe, expect, test } from '@jest/globals';
import { RemovalPolicy } from 'aws-cdk-lib';
import type { NotifyRates } from '../../lambdas/config/notify-rates.ts';
import { chooseEnvironment, environments } from '../../lib/environments.ts';
import type { Environment } from '../../lib/environments/environment.ts';
import { faultsOf } from '../../lib/environments/faults.ts';
import { prod } from '../../lib/environments/prod.ts';

const choose = (context: Record<string, unknown>) => chooseEnvironment((name) => context[name]);

test('dev is deployed unless another environment is named', () => {
  expect(choose({})).toMatchObject({ ok: true, environment: { name: 'dev' } });
  expect(choose({ environment: 'dev' })).toEqual(choose({}));
});

test.each(['dev', 'staging', 'prod'])('%s can be deployed as it is', (environment) => {
  expect(choose({ environment })).toMatchObject({ ok: true, environment: { name: environment } });
});

test.each(['production', '', 'constructor', 1])(
  'environment %p is refused, and told from those that are',
  (environment) => {
    expect(choose({ environment })).toEqual({
      ok: false,
      refusal: `There is no environment "${environment}"; there is: dev, staging, prod`,
    });
  },
);

test('what the context says of the installation is taken, and of nothing else', () => {
  const domain = 'coupons.example.com';
  expect(choose({ environment: 'prod', domain, name: 'x' })).toEqual({
    ok: true,
    environment: { ...prod, installation: { domain } },
  });
});

test('everything in it that cannot be right is named at once', () => {
  expect(choose({ environment: 'prod', domain: 'https://x', issuer: 'http://y' })).toEqual({
    ok: false,
    refusal: [
      'Environment "prod" cannot be right:',
      '- domain is "https://x", and should be: The host name of the API, as callers write it: coupons.example.com',
      '- issuer is "http://y", and should be: Who signs the tokens, exactly as in their claim iss',
    ].join('\n'),
  });
});

const LAYER = 'arn:aws:lambda:us-east-1:615299751070:layer:AWSOpenTelemetryDistroJs:1';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf';

const webhookAt = (shopWebhookUrl: string): Partial<Environment> => ({
  installation: { shopWebhookUrl, shopWebhookSecretArn: SECRET },
});
const usersAt = (userServiceUrl: string): Partial<Environment> => ({
  installation: {
    mailFrom: 'coupons@example.com',
    userServiceUrl,
    userServiceTokenSecretArn: SECRET,
  },
});

type Change = (environment: Environment) => Partial<Environment>;

const wrong: readonly (readonly [fault: string, change: Change])[] = [
  [
    'logAnalytics.instanceType t3.small.search is none that OpenSearch has for steady work',
    () => ({ logAnalytics: { instanceType: 't3.small.search', gigabytesPerNode: 10 } }),
  ],
  [
    'telemetry.sampledShare is to be from 0 to 1',
    () => ({ telemetry: { layerArn: LAYER, sampledShare: 5 } }),
  ],
  [
    'telemetry.layerArn is no ARN of a version of a layer',
    () => ({ telemetry: { layerArn: LAYER.replace(/:1$/, ''), sampledShare: 0.05 } }),
  ],
  [
    'cache.durability "sync" needs cache.clusterMode',
    ({ cache }) => ({ cache: { ...cache, clusterMode: false } }),
  ],
  [
    'cache.durability "sync" does not exist on cache.t4g.small',
    ({ cache }) => ({ cache: { ...cache, nodeType: 'cache.t4g.small' } }),
  ],
  [
    'cache.replicas 1 stops all claims while it is replaced: 0, or 2 and more',
    ({ cache }) => ({ cache: { ...cache, replicas: 1, durability: 'disabled' } }),
  ],
  [
    'cache.shards above 1 need cache.clusterMode',
    ({ cache }) => ({
      cache: { ...cache, shards: 2, clusterMode: false, durability: 'disabled' },
    }),
  ],
  [
    'cache.replicas 3 have no zone of their own in 3',
    ({ cache }) => ({ cache: { ...cache, replicas: 3 } }),
  ],
  [
    'stream.replicationFactor 3 needs as many brokers; there are 2',
    ({ network }) => ({ network: { ...network, zones: 2 } }),
  ],
  [
    'stream.brokerType kafka.t3.small cannot run Kafka 4.1.x.kraft',
    ({ stream }) => ({ stream: { ...stream, brokerType: 'kafka.t3.small' } }),
  ],
  [
    'stream.replicationFactor is below 3: a broker less stops all',
    ({ stream }) => ({ stream: { ...stream, replicationFactor: 2 } }),
  ],
  [
    'record.pollers.maximum is above stream.partitions: some would have nothing to do',
    ({ record }) => ({ record: { ...record, pollers: { minimum: 1, maximum: 25 } } }),
  ],
  [
    'record.pollers.minimum is above record.pollers.maximum',
    ({ record }) => ({ record: { ...record, pollers: { minimum: 9, maximum: 8 } } }),
  ],
  [
    'concurrency.issue.provisioned is above concurrency.issue.reserved',
    () => ({ concurrency: { issue: { reserved: 5, provisioned: 6 } } }),
  ],
  [
    'slackWorkspace and slackChannel go together',
    () => ({ installation: { slackWorkspace: 'T0123456' } }),
  ],
  [
    'api.https is "none": tokens would travel unprotected',
    ({ api }) => ({ api: { ...api, https: 'none' } }),
  ],
  ['database.multiAz is off', ({ database }) => ({ database: { ...database, multiAz: false } })],
  [
    'database.backupDays is below 7',
    ({ database }) => ({ database: { ...database, backupDays: 6 } }),
  ],
  [
    'removalPolicy would delete data with the stack',
    () => ({ removalPolicy: RemovalPolicy.DESTROY }),
  ],
  [
    'mailFrom needs userServiceUrl and userServiceTokenSecretArn',
    () => ({ installation: { mailFrom: 'coupons@example.com' } }),
  ],
  [
    'shopWebhookUrl needs shopWebhookSecretArn',
    () => ({ installation: { shopWebhookUrl: 'https://shop.example.com/hooks' } }),
  ],
  [
    'slackWebhookSecretArn is "https://hooks.slack.com/services/x", and should be: The secret whose text is the address of Slack’s incoming webhook: its ARN',
    () => ({ installation: { slackWebhookSecretArn: 'https://hooks.slack.com/services/x' } }),
  ],
  [
    'notifications.rates.email is 0.5: whole messages a second, 1 or more',
    ({ notifications }) => ({ notifications: { ...notifications, rates: { email: 0.5 } } }),
  ],
  [
    'notifications.rates.slack is 0: whole messages a second, 1 or more',
    ({ notifications }) => ({ notifications: { ...notifications, rates: { slack: 0 } } }),
  ],
  [
    'notifications.rates.emial is of no channel; there is email, sns, slack, webhook',
    // As somebody writes it who does not ask the compiler.
    ({ notifications }) => ({
      notifications: { ...notifications, rates: { emial: 50 } as NotifyRates },
    }),
  ],
  [
    'shopWebhookUrl: the address has a password',
    () => webhookAt('https://user:password@shop.example.com/hooks'),
  ],
  ['shopWebhookUrl: the address is private', () => webhookAt('https://10.0.0.1/hooks')],
  ['shopWebhookUrl: the address is no URL', () => webhookAt('https://[shop.example.com')],
  [
    'shopWebhookUrl: the address has port 8443, and functions are let out to 443 only',
    () => webhookAt('https://shop.example.com:8443/hooks'),
  ],
  [
    'userServiceUrl: the address has a password',
    () => usersAt('https://user@users.example.com/v1'),
  ],
  [
    'userServiceUrl: the address has port 8080, and functions are let out to 443 only',
    () => usersAt('https://users.internal:8080/v1'),
  ],
  [
    'jwksUri is "https://keycloak.example.com:8443/certs", and should be: Where the keys of the issuer are, at port 443: jwks_uri of its discovery document',
    () => ({ installation: { jwksUri: 'https://keycloak.example.com:8443/certs' } }),
  ],
  [
    'corsOrigins has "*": any page could call with its visitor’s token',
    () => ({ corsOrigins: ['*'] }),
  ],
];

describe('a production', () => {
  test.each(wrong)('is refused: %s', (fault, change) => {
    expect(faultsOf({ ...prod, ...change(prod) })).toEqual([fault]);
  });

  test('whose cache has no replica is refused for both of its reasons', () => {
    expect(faultsOf({ ...prod, cache: { ...prod.cache, replicas: 0 } })).toEqual([
      'cache.durability "sync" needs cache.replicas',
      'cache.replicas is 0: each restart of the cache closes all gates',
    ]);
  });
});

test.each([
  webhookAt('https://shop.example.com:443/hooks?from=coupons'),
  webhookAt('https://1.1.1.1'),
  usersAt('https://10.0.0.1/users'),
  { installation: { jwksUri: 'https://issuer.example.com/jwks?tenant=a:b@c' } },
  { installation: { jwksUri: 'https://issuer.example.com:443' } },
])('an address that functions can call is taken: %j', (change) => {
  expect(faultsOf({ ...prod, ...change })).toEqual([]);
});

test('no two environments have the same name', () => {
  expect(new Set(environments.map(({ name }) => name)).size).toBe(environments.length);
});
