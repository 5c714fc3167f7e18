import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../bench/bundles/synthesize.ts';
import { awsAccess } from '../../lambdas/adapters/aws/access.ts';
import { DELIVERY_SETTINGS } from '../../lambdas/config/limits.ts';
import { withRates } from '../../lambdas/config/notify-rates.ts';
import { CHANNEL_OPTIONS, readSettings } from '../../lambdas/config/settings.ts';
import { openSenders } from '../../lambdas/wiring/notification-senders.ts';
import { couponSystem } from '../../lib/coupon-system.ts';
import { dev } from '../../lib/environments/dev.ts';
import { functions, type FunctionName } from '../../lib/functions.ts';
import { Assembly, ENVIRONMENTS } from './assembly.ts';
import { readable } from './readable.ts';
import { actionsOf, propertiesOf, roleOf, statements } from './service-parts.ts';

const names = Object.keys(functions) as FunctionName[];
/** Those that send. */
const SENDERS: readonly FunctionName[] = ['record', 'notify'];

const secretArn = (name: string): string =>
  `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-AbCdEf`;
const INSTALLATION = {
  mailFrom: 'coupons@mail.example.com',
  mailConfigurationSet: 'coupons',
  userServiceUrl: 'https://users.example.com/v1/users',
  userServiceTokenSecretArn: secretArn('users'),
  slackWebhookSecretArn: secretArn('slack'),
  shopWebhookUrl: 'https://shop.example.com/hooks',
  shopWebhookSecretArn: secretArn('webhook'),
  channelSecretsKeyArn:
    'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
};

const folder = mkdtempSync(join(tmpdir(), 'coupon-channels-'));
let full: Assembly;

beforeAll(async () => {
  await synthesize('prod', { outdir: folder, context: INSTALLATION });
  full = new Assembly('prod', folder);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function variables(assembly: Assembly, name: FunctionName): Record<string, string> {
  const { Variables } = propertiesOf(assembly, name).Environment;
  return Object.fromEntries(
    Object.entries(Variables).map(([variable, value]) => [variable, readable(value)]),
  );
}

/** What a function may do, as `action resource`, of these services. */
function rights(assembly: Assembly, name: FunctionName, services: RegExp): string[] {
  return statements(assembly)
    .filter(({ roles }) => roles.includes(roleOf(assembly, name)))
    .flatMap((statement) =>
      actionsOf(statement)
        .filter((action) => services.test(action))
        .flatMap((action) =>
          [statement.Resource].flat().map((resource) => `${action} ${readable(resource)}`),
        ),
    )
    .toSorted();
}

describe('an environment whose installation says nothing of channels', () => {
  test.each(ENVIRONMENTS)(
    'has a topic for operators in %s, which takes TLS only and is encrypted',
    (environment) => {
      const assembly = new Assembly(environment);
      expect(
        assembly.only('AWS::SNS::Topic', 'service').Properties['KmsMasterKeyId'],
      ).toBeDefined();
      const policy = JSON.stringify(assembly.resources('AWS::SNS::TopicPolicy', 'service'));
      expect(policy).toContain('"Effect":"Deny"');
      expect(policy).toContain('"aws:SecureTransport":"false"');
      for (const name of SENDERS) {
        expect(variables(assembly, name)).toMatchObject({ NOTIFY_CHANNELS: 'sns' });
        expect(rights(assembly, name, /^(ses|secretsmanager):/)).toEqual([]);
      }
    },
  );
});

describe('an environment with all channels', () => {
  test('tells those that send all that its channels need, and no secret', () => {
    for (const name of SENDERS) {
      const told = variables(full, name);
      const settings = readSettings(told, [], CHANNEL_OPTIONS);
      const { channels } = openSenders(settings, awsAccess(told), () => undefined);
      expect(channels).toEqual(['email', 'sns', 'slack', 'webhook']);
      expect(told).not.toHaveProperty('NOTIFY_STAND_INS');
      for (const variable of ['SLACK_WEBHOOK_URL', 'SHOP_WEBHOOK_SECRETS', 'USER_SERVICE_TOKEN']) {
        expect(told).not.toHaveProperty(variable);
      }
    }
  });

  test('lets them send from one address, publish to one topic and read three secrets', () => {
    for (const name of SENDERS) {
      expect(rights(full, name, /^(ses|sns|secretsmanager|kms):/)).toEqual([
        'kms:Decrypt <Key Arn>',
        `kms:Decrypt ${INSTALLATION.channelSecretsKeyArn}`,
        'kms:GenerateDataKey <Key Arn>',
        `secretsmanager:GetSecretValue ${secretArn('slack')}`,
        `secretsmanager:GetSecretValue ${secretArn('users')}`,
        `secretsmanager:GetSecretValue ${secretArn('webhook')}`,
        'ses:SendEmail arn:<partition>:ses:<region>:<accountid>:configuration-set/coupons',
        'ses:SendEmail arn:<partition>:ses:<region>:<accountid>:identity/coupons@mail.example.com',
        'ses:SendEmail arn:<partition>:ses:<region>:<accountid>:identity/mail.example.com',
        'sns:Publish <notificationstopic>',
      ]);
    }
    const mail = statements(full).filter((one) => actionsOf(one).includes('ses:SendEmail'));
    expect(mail.map(({ Condition }) => Condition)).toEqual(
      SENDERS.map(() => ({ StringEquals: { 'ses:FromAddress': 'coupons@mail.example.com' } })),
    );
  });

  test('lets nobody else send', () => {
    const others = names.filter((name) => !SENDERS.includes(name));
    for (const name of others) {
      expect(rights(full, name, /^(ses|sns):/)).toEqual([]);
      expect(JSON.stringify(variables(full, name))).not.toContain('secret:slack');
    }
  });

  test('is found to be right by AWS’ own rules and by cdk-nag', () => {
    for (const { pluginName, violations } of full.report()) {
      expect({ pluginName, violations }).toEqual({ pluginName, violations: [] });
    }
  });

  test('asks for no more at a deployment than one without', () => {
    const parameters = (assembly: Assembly) =>
      Object.keys(assembly.stack('service').Parameters ?? {});
    expect(parameters(full)).toEqual(parameters(new Assembly('prod')));
  });
});

describe('rates of an environment’s own', () => {
  const own = { email: 200, webhook: 300 };
  let assembly: Assembly;

  beforeAll(() => {
    const outdir = join(folder, 'rates');
    const app = new App({
      outdir,
      context: { 'aws:cdk:bundling-stacks': [] },
      analyticsReporting: false,
    });
    couponSystem(app, { ...dev, notifications: { ...dev.notifications, rates: own } });
    app.synth();
    assembly = new Assembly('dev', outdir);
  }, 120_000);

  test.each(SENDERS)('are what %s sends at, and the other channels at the usual ones', (name) => {
    const { NOTIFY_RATES } = variables(assembly, name);
    const { paces } = withRates(DELIVERY_SETTINGS, NOTIFY_RATES);
    const { slack, sns } = DELIVERY_SETTINGS.paces;
    expect(paces).toMatchObject({
      email: { perSecond: own.email },
      webhook: { perSecond: own.webhook },
      slack,
      sns,
    });
  });

  test('are told to nobody else, and not at all where there are none', () => {
    const told = (of: Assembly): string[] =>
      names.filter((name) => 'NOTIFY_RATES' in variables(of, name));
    expect(told(assembly)).toEqual(SENDERS);
    for (const environment of ENVIRONMENTS) expect(told(new Assembly(environment))).toEqual([]);
  });
});
