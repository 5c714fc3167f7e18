import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { functionLimits } from '../../lambdas/config/function-limits.ts';
import { CHANNEL_OPTIONS, VARIABLES, type SettingName } from '../../lambdas/config/settings.ts';
import { environments } from '../../lib/environments.ts';
import { functions, type FunctionDefinition, type FunctionName } from '../../lib/functions.ts';
import { Assembly, ENVIRONMENTS } from './assembly.ts';
import { actionsOf, idOf, propertiesOf, roleOf, statements } from './service-parts.ts';

const names = Object.keys(functions) as FunctionName[];
const dev = new Assembly('dev');

/** Every function has these, whatever its config names. */
const COMMON = ['POWERTOOLS_SERVICE_NAME', 'POWERTOOLS_LOG_LEVEL', 'NODE_OPTIONS'];

/** What tells a function on AWS of a thing, in the place of its setting or besides it. */
const ON_AWS: Partial<Record<SettingName, readonly SettingName[]>> = {
  valkeyUrl: ['valkeyUrl', 'valkeyIamCache'],
  brokers: ['clusterArn'],
  databaseUrl: ['databaseUrl', 'databaseIam'],
  migrationDatabaseUrl: ['migrationDatabaseUrl', 'migrationSecretArn'],
  issuanceIdSecret: ['issuanceIdSecretArn'],
};

/** What there is in some environments only. */
const SOMETIMES: readonly SettingName[] = [
  'corsOrigins',
  'claims',
  'valkeyCluster',
  'databaseCaFile',
  ...CHANNEL_OPTIONS,
];

test('each folder in lambdas/functions is deployed, and nothing else', () => {
  expect(names.toSorted()).toEqual(readdirSync('lambdas/functions').toSorted());
  const deployed = Object.keys(dev.resources('AWS::Lambda::Function'));
  const ours = names.map((name) => idOf(dev, name));
  // CDK's own: one empties a network's default security group, one has migrations run.
  expect(deployed.filter((id) => !ours.includes(id))).toHaveLength(2);
});

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const assembly = new Assembly(environment);

  describe.each(names)('%s', (name) => {
    const { Environment, ...properties } = propertiesOf(assembly, name);

    test('runs on Node 24 and ARM64', () => {
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
      });
    });

    test('is told what its config names, and nothing else', () => {
      const { settingNames, files }: FunctionDefinition = functions[name];
      const asked = settingNames.flatMap((setting) => ON_AWS[setting] ?? [setting]);
      const expected = [...asked.map((setting) => VARIABLES[setting]), ...COMMON];
      const sometimes = SOMETIMES.map((setting): string => VARIABLES[setting]);
      const told = Object.keys(Environment.Variables).filter((one) => !sometimes.includes(one));
      expect(told.toSorted()).toEqual([...expected, ...(files ? [files.variable] : [])].toSorted());
    });

    test('has the limits that the local stand-in holds it to', () => {
      const { Timeout: timeoutSeconds, MemorySize: memoryMb } = properties;
      expect({ timeoutSeconds, memoryMb }).toEqual(functionLimits[name]);
    });

    test('writes into its own log group and into no other', () => {
      const writing = statements(assembly).filter(
        (statement) =>
          statement.roles.includes(roleOf(assembly, name)) &&
          actionsOf(statement).some((action) => action.startsWith('logs:')),
      );
      expect(writing).toHaveLength(1);
      const group = properties.LoggingConfig.LogGroup.Ref;
      expect(writing[0]?.Resource).toEqual({ 'Fn::GetAtt': [group, 'Arn'] });
    });
  });

  test('the database is reached by a token of IAM over TLS, by its own certificates or a proxy’s', () => {
    const reaching = names.filter((name) => 'DATABASE_URL' in variables(name));
    for (const name of reaching) {
      const { DATABASE_IAM, DATABASE_CA_FILE } = variables(name);
      const isProxied = environment !== 'dev' && functions[name].answersUsers;
      expect({ name, DATABASE_IAM, DATABASE_CA_FILE }).toEqual({
        name,
        DATABASE_IAM: 'true',
        DATABASE_CA_FILE: isProxied ? undefined : '/var/runtime/ca-cert.pem',
      });
    }
    expect(reaching).not.toHaveLength(0);
  });

  test('the cache is a cluster to the functions where it is one', () => {
    const reaching = names.filter((name) => 'VALKEY_URL' in variables(name));
    const expected = environment === 'dev' ? undefined : 'true';
    for (const name of reaching) expect(variables(name)['VALKEY_CLUSTER']).toBe(expected);
    expect(reaching).not.toHaveLength(0);
  });

  test('copies that run at the same time are kept within what the servers bear', () => {
    const { concurrency } = environments.find(({ name }) => name === environment) ?? {};
    for (const name of names) {
      const { ReservedConcurrentExecutions: reserved } = propertiesOf(assembly, name);
      expect({ name, reserved }).toEqual({ name, reserved: concurrency?.[name]?.reserved });
    }
  });

  test.each(['restore', 'sweep', 'grant', 'check', 'notify'] as const)(
    '%s is invoked once a minute with {}, and a failure waits for the next minute',
    (name) => {
      const schedules = Object.values(assembly.resources('AWS::Scheduler::Schedule'));
      const id = idOf(assembly, name);
      expect(schedules.map(({ Properties }) => Properties)).toContainEqual({
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        State: 'ENABLED',
        Target: {
          Arn: { 'Fn::GetAtt': [id, 'Arn'] },
          RoleArn: expect.anything(),
          Input: '{}',
          RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
        },
      });
      const retries = Object.values(assembly.resources('AWS::Lambda::EventInvokeConfig'));
      expect(retries.map(({ Properties }) => Properties)).toContainEqual(
        expect.objectContaining({
          FunctionName: { Ref: id },
          MaximumRetryAttempts: 0,
          MaximumEventAgeInSeconds: 60,
        }),
      );
      expect(schedules).toHaveLength(5);
    },
  );

  test('the schema is up to date before any other function is changed', () => {
    const [trigger] = Object.keys(assembly.resources('Custom::Trigger'));
    const { Resources } = assembly.stack('service');
    for (const name of names.filter((other) => other !== 'migrate')) {
      expect(Resources[idOf(assembly, name)]?.DependsOn).toContain(trigger);
    }
    const before = Resources[trigger ?? '']?.DependsOn ?? [];
    // Its rights, and its way through the network.
    expect(before).toContain(policyOf('migrate'));
    expect(before.filter((id) => id.includes('migrateBorder')).length).toBeGreaterThan(1);
  });

  function variables(name: FunctionName): Readonly<Record<string, unknown>> {
    return propertiesOf(assembly, name).Environment.Variables;
  }

  function policyOf(name: FunctionName): string | undefined {
    const role = roleOf(assembly, name);
    const policies = Object.entries(assembly.resources('AWS::IAM::Policy'));
    return policies.find(([, { Properties }]) =>
      JSON.stringify(Properties['Roles']).includes(role),
    )?.[0];
  }
});

test('pages of any origin may call in dev only, and the functions that answer HTTP know it', () => {
  const told = names.filter(
    (name) => propertiesOf(dev, name).Environment.Variables['CORS_ORIGINS'],
  );
  expect(told.toSorted()).toEqual(['issue', 'manage', 'redeem']);
  const prod = new Assembly('prod');
  const inProd = names.filter(
    (name) => 'CORS_ORIGINS' in propertiesOf(prod, name).Environment.Variables,
  );
  expect(inProd).toEqual([]);
});
