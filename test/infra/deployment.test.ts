import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assembly } from './assembly.ts';
import { propertiesOf } from './service-parts.ts';
import { readable } from './readable.ts';
import { synthesize } from '../../bench/bundles/synthesize.ts';

const folder = mkdtempSync(join(tmpdir(), 'coupon-deployment-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What of a template is asked for at deployment; CDK's own is the version of its bootstrap. */
function asked(assembly: Assembly): Record<string, Readonly<Record<string, unknown>>> {
  const { Parameters = {} } = assembly.stack('service');
  return Object.fromEntries(
    Object.entries(Parameters).filter(([name]) => name !== 'BootstrapVersion'),
  );
}

function outputs(assembly: Assembly): Record<string, string> {
  const { Outputs = {} } = assembly.stack('service');
  return Object.fromEntries(
    Object.entries(Outputs).map(([name, { Value }]) => [name, readable(Value)]),
  );
}

describe('what only the owner of the account can know', () => {
  test.each(['staging', 'prod'] as const)(
    'is asked for by name at a deployment of %s, which is refused without it',
    (environment) => {
      const parameters = asked(new Assembly(environment));
      expect(Object.keys(parameters).toSorted()).toEqual([
        'Audience',
        'CertificateArn',
        'Domain',
        'Issuer',
        'JwksUri',
      ]);
      for (const parameter of Object.values(parameters)) {
        expect(parameter).not.toHaveProperty('Default');
        expect(parameter).toMatchObject({
          Type: 'String',
          AllowedPattern: expect.any(String),
          ConstraintDescription: expect.any(String),
        });
      }
    },
  );

  test('is nothing in dev', () => {
    expect(asked(new Assembly('dev'))).toEqual({});
  });

  test('is taken from the context, and then not asked for', async () => {
    const outdir = join(folder, 'prod');
    const certificateArn =
      'arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';
    const context = { domain: 'coupons.example.com', certificateArn };
    await synthesize('prod', { outdir, context });
    const assembly = new Assembly('prod', outdir);
    expect(Object.keys(asked(assembly)).toSorted()).toEqual(['Audience', 'Issuer', 'JwksUri']);
    expect(outputs(assembly)['ApiUrl']).toBe('https://coupons.example.com');
    const listeners = assembly.resources('AWS::ElasticLoadBalancingV2::Listener');
    expect(JSON.stringify(listeners)).toContain(certificateArn);
  });

  test('is named when it cannot be right, and nothing is synthesized', async () => {
    const outdir = join(folder, 'wrong');
    const context = { certificateArn: 'my certificate' };
    await expect(synthesize('prod', { outdir, context })).rejects.toThrow(
      '- certificateArn is "my certificate", and should be: ',
    );
  });
});

describe('after a deployment', () => {
  test('the outputs say where the API is, where its name has to lead, and how it is tried', () => {
    expect(outputs(new Assembly('prod'))).toMatchObject({
      ApiUrl: 'https://<domain>',
      LoadBalancer: '<ApiLoadBalancer DNSName>',
      SmokeTest: 'COUPON_API=https://<domain> npm run -s smoke',
    });
  });

  test('of dev they name the user pool’s client, from which the test gets its token', () => {
    const { SmokeTest } = outputs(new Assembly('dev'));
    expect(SmokeTest).toMatch(
      /^COUPON_TOKEN_URL=https:\/\/<\w+>\.auth\.<region>\.amazoncognito\.com\/oauth2\/token COUPON_CLIENT_ID=<\w+> COUPON_API=http:\/\/<ApiLoadBalancer DNSName> npm run -s smoke$/,
    );
  });
});

test('tokens of the user pool are read by what Cognito calls audience and scopes', () => {
  const { Variables } = propertiesOf(new Assembly('dev'), 'issue').Environment;
  expect(JSON.parse(String(Variables['JWT_CLAIMS']))).toEqual({
    audienceClaim: 'client_id',
    scopeClaim: 'scope',
    scopeSeparator: ' ',
    scopePrefix: 'coupon-api/',
  });
  expect(readable(Variables['JWT_JWKS_URI'])).toBe(
    `${readable(Variables['JWT_ISSUER'])}/.well-known/jwks.json`,
  );
});
