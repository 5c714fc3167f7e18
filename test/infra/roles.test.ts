import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { functions, type FunctionName } from '../../lib/functions.ts';
import { Assembly, ENVIRONMENTS } from './assembly.ts';
import { rolesDocument } from './roles-document.ts';
import { actionsOf, idOf, roleOf, statements } from './service-parts.ts';

const names = Object.keys(functions) as FunctionName[];

test('docs/roles.md says what each role may do; npm run roles writes it', () => {
  expect(rolesDocument(new Assembly('prod'))).toBe(readFileSync('docs/roles.md', 'utf8'));
});

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const assembly = new Assembly(environment);
  const roles = Object.entries(assembly.resources('AWS::IAM::Role'));
  /** CDK's own providers have theirs. */
  const ours = roles.filter(([id]) => !id.includes('CustomResourceProvider'));

  test('each function has a role of its own', () => {
    expect(new Set(names.map((name) => roleOf(assembly, name))).size).toBe(names.length);
  });

  test('no role has rights by a policy that AWS manages, or that is written into it', () => {
    expect(ours.length).toBeGreaterThan(names.length);
    for (const [, { Properties }] of ours) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
      expect(Properties).not.toHaveProperty('Policies');
    }
  });

  test('no statement has an action with a *', () => {
    const actions = statements(assembly).flatMap(actionsOf);
    expect(actions).not.toHaveLength(0);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('only tracing and looking at the network have rights that name no resource', () => {
    const broad = statements(assembly).filter(
      ({ Resource, Effect }) => Effect === 'Allow' && Resource === '*',
    );
    // Neither X-Ray nor EC2 knows resources to name for these.
    expect([...new Set(broad.flatMap(actionsOf))].toSorted()).toEqual([
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  test('what Lambda may do with the network in a function’s name, the function itself may not', () => {
    for (const name of names) {
      const own = statements(assembly).filter(({ roles: of }) =>
        of.includes(roleOf(assembly, name)),
      );
      const actions = (effect: string): string[] =>
        own
          .filter(({ Effect }) => Effect === effect)
          .flatMap(actionsOf)
          .filter((action) => action.startsWith('ec2:'));
      const onlyOfPollers = ['ec2:DescribeVpcs', 'ec2:DescribeSecurityGroups'];
      expect(actions('Deny').toSorted()).toEqual(
        actions('Allow')
          .filter((action) => !onlyOfPollers.includes(action))
          .toSorted(),
      );
    }
  });

  /** Of functions and schedules that may invoke a function. */
  function rolesInvoking(name: FunctionName): string[] {
    return statements(assembly)
      .filter(
        (statement) =>
          actionsOf(statement).includes('lambda:InvokeFunction') &&
          JSON.stringify(statement.Resource).includes(idOf(assembly, name)),
      )
      .flatMap((statement) => statement.roles)
      .map((role) => role.replace(/(Role)?[0-9A-F]{8}$/, ''))
      .toSorted();
  }

  test('functions are invoked by these, and nobody else', () => {
    expect(Object.fromEntries(names.map((name) => [name, rolesInvoking(name)]))).toEqual({
      issue: [],
      redeem: [],
      manage: [],
      record: [],
      restore: ['RestoreEveryMinute', 'grant', 'issue', 'manage', 'redeem'],
      grant: ['GrantEveryMinute', 'manage'],
      sweep: ['SweepEveryMinute'],
      check: ['CheckEveryMinute'],
      migrate: [],
    });
    const permissions = Object.values(assembly.resources('AWS::Lambda::Permission'));
    const principals = permissions.map(({ Properties }) => Properties['Principal']);
    // The three that answer users, by the load balancer.
    expect(principals).toEqual(Array(3).fill('elasticloadbalancing.amazonaws.com'));
  });

  test('only functions that publish write to the topic, and only record reads it', () => {
    const able = (action: string): string[] =>
      names.filter((name) =>
        statements(assembly).some(
          (statement) =>
            statement.roles.includes(roleOf(assembly, name)) &&
            actionsOf(statement).includes(action),
        ),
      );
    expect(able('kafka-cluster:WriteData').toSorted()).toEqual(['grant', 'issue', 'sweep']);
    expect(able('kafka-cluster:ReadData')).toEqual(['record']);
    expect(able('kafka-cluster:AlterGroup')).toEqual(['record']);
    expect(able('secretsmanager:GetSecretValue').toSorted()).toEqual([
      'grant',
      'issue',
      'manage',
      'migrate',
    ]);
  });
});
