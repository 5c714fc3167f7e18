import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { VARIABLES } from '../../lambdas/config/settings.ts';
import { functions, type FunctionDefinition, type FunctionName } from '../../lib/functions.ts';
import { functionLimits } from '../../lambdas/config/function-limits.ts';
import { synthesizeDevTemplate } from './synthesized.ts';
import { actionsOf, functionResource, statements, target } from './template-parts.ts';

const { template, idOf } = synthesizeDevTemplate();
const names = Object.keys(functions) as FunctionName[];
const propertiesOf = (name: FunctionName) => functionResource(template, idOf(name));
const roleOf = (name: FunctionName) => target(propertiesOf(name).Role);

/** Every function has these, whatever its config names. */
const COMMON = ['POWERTOOLS_SERVICE_NAME', 'POWERTOOLS_LOG_LEVEL', 'NODE_OPTIONS'];

/** Where these find what lies beside them in their bundle. */
const FOLDERS: Partial<Record<FunctionName, readonly string[]>> = {
  migrate: ['MIGRATIONS_DIR'],
  manage: ['DOCS_DIR'],
};

test('each folder in lambdas/functions is deployed, and nothing else', () => {
  expect(names.toSorted()).toEqual(readdirSync('lambdas/functions').toSorted());
  template.resourceCountIs('AWS::Lambda::Function', names.length);
});

describe.each(names)('%s', (name) => {
  test('runs on Node 24 and ARM64', () => {
    expect(propertiesOf(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
    });
  });

  test('has exactly the variables that its config names, and those of every function', () => {
    const { settingNames, optionalSettingNames = [] }: FunctionDefinition = functions[name];
    // The others are for what an environment with servers of its own has.
    const given = optionalSettingNames.filter((setting) => setting === 'corsOrigins');
    const own = [...settingNames, ...given].map((setting) => VARIABLES[setting]);
    const { Variables } = propertiesOf(name).Environment;
    expect(Object.keys(Variables).toSorted()).toEqual(
      [...own, ...(FOLDERS[name] ?? []), ...COMMON].toSorted(),
    );
  });

  test('has the limits that the local stand-in holds it to', () => {
    expect({
      timeoutSeconds: propertiesOf(name).Timeout,
      memoryMb: propertiesOf(name).MemorySize,
    }).toEqual(functionLimits[name]);
  });

  test('writes into its own log group and into no other', () => {
    const writing = statements(template).filter(
      (statement) =>
        statement.roles.includes(roleOf(name) ?? '') &&
        actionsOf(statement).some((action) => action.startsWith('logs:')),
    );
    const { LoggingConfig } = propertiesOf(name) as unknown as {
      LoggingConfig: { LogGroup: { Ref: string } };
    };
    expect(writing).toHaveLength(1);
    expect(writing[0]?.Resource).toEqual({ 'Fn::GetAtt': [LoggingConfig.LogGroup.Ref, 'Arn'] });
  });
});

test('logs are kept for a limited time', () => {
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
});

test('each function has a role of its own', () => {
  expect(new Set(names.map(roleOf)).size).toBe(names.length);
});

test('no role has rights by a policy that AWS manages, or that is written into it', () => {
  for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
    expect(role['Properties']).not.toHaveProperty('ManagedPolicyArns');
    expect(role['Properties']).not.toHaveProperty('Policies');
  }
});

test('no statement has an action with a *', () => {
  const actions = statements(template).flatMap(actionsOf);
  expect(actions).not.toHaveLength(0);
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
});

test('only tracing has rights that name no resource', () => {
  const broad = statements(template).filter(({ Resource }) => Resource === '*');
  expect(new Set(broad.flatMap(actionsOf))).toEqual(
    // X-Ray knows no resources to name.
    new Set(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']),
  );
});

const schedulers = Object.entries(template.findResources('AWS::IAM::Role'))
  .filter(([, role]) => JSON.stringify(role).includes('scheduler.amazonaws.com'))
  .map(([id]) => id);

/** The roles that may invoke a function. */
function rolesInvoking(name: FunctionName): string[] {
  return statements(template)
    .filter(
      (statement) =>
        actionsOf(statement).includes('lambda:InvokeFunction') &&
        JSON.stringify(statement.Resource).includes(idOf(name)),
    )
    .flatMap((statement) => statement.roles);
}

describe('the restore function', () => {
  test('is invoked by issue, redeem, manage, grant and its schedule, and by nobody else', () => {
    const roles = rolesInvoking('restore');
    const functionRoles = roles.filter((role) => !schedulers.includes(role));
    expect(functionRoles.toSorted()).toEqual(
      [roleOf('issue'), roleOf('redeem'), roleOf('manage'), roleOf('grant')].toSorted(),
    );
    expect(roles).toHaveLength(5);
    template.resourceCountIs('AWS::Lambda::Permission', 0);
  });

  test.each(['issue', 'redeem', 'manage', 'grant'] as const)(
    'is known to %s by its name',
    (name) => {
      expect(propertiesOf(name).Environment.Variables['RESTORE_FUNCTION_NAME']).toEqual({
        Ref: idOf('restore'),
      });
    },
  );
});

describe('the grant function', () => {
  test('is invoked by manage and its schedule, and by nobody else', () => {
    const roles = rolesInvoking('grant');
    expect(roles.filter((role) => !schedulers.includes(role))).toEqual([roleOf('manage')]);
    expect(roles).toHaveLength(2);
  });

  test('is known to manage by its name', () => {
    expect(propertiesOf('manage').Environment.Variables['GRANT_FUNCTION_NAME']).toEqual({
      Ref: idOf('grant'),
    });
  });
});

test.each(['restore', 'sweep', 'grant'] as const)(
  '%s is invoked once a minute with {}, and a failure waits for the next minute',
  (name) => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Target: {
        Arn: { 'Fn::GetAtt': [idOf(name), 'Arn'] },
        Input: '{}',
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
      },
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: idOf(name) },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  },
);

test('three functions are scheduled, and no others', () => {
  template.resourceCountIs('AWS::Scheduler::Schedule', 3);
});

test('the template refers to secrets, and holds none', () => {
  const secret = [
    VARIABLES.valkeyUrl,
    VARIABLES.databaseUrl,
    VARIABLES.migrationDatabaseUrl,
    VARIABLES.issuanceIdSecret,
  ];
  for (const name of names) {
    const { Variables } = propertiesOf(name).Environment;
    for (const variable of secret.filter((candidate) => candidate in Variables)) {
      expect(Variables[variable]).toMatch(
        /^\{\{resolve:secretsmanager:\/coupon\/dev\/[a-z-]+\}\}$/,
      );
    }
  }
});

test('pages of any origin may call in dev, and the functions that answer HTTP know it', () => {
  const told = names.filter((name) => 'CORS_ORIGINS' in propertiesOf(name).Environment.Variables);
  expect(told.toSorted()).toEqual(['issue', 'manage', 'redeem']);
  for (const name of told) {
    expect(propertiesOf(name).Environment.Variables['CORS_ORIGINS']).toBe('*');
  }
});
