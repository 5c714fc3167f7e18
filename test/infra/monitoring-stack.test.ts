import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../bench/bundles/synthesize.ts';
import { environments } from '../../lib/environments.ts';
import { ALARMS, CAUSES, COMPOSITES, sectionOf } from '../../lib/monitoring/alarms.ts';
import { VIEWS } from '../../lib/monitoring/panels.ts';
import { Assembly, ENVIRONMENTS } from './assembly.ts';

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions?: readonly unknown[];
  readonly OKActions?: readonly unknown[];
  readonly Metrics?: readonly { readonly MetricStat?: unknown }[];
}

const folder = mkdtempSync(join(tmpdir(), 'coupon-monitoring-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const assembly = new Assembly(environment);
  const sizes = environments.find(({ name }) => name === environment);
  const of = (type: string): AlarmProperties[] =>
    Object.values(assembly.resources(type)).map(
      ({ Properties }) => Properties as unknown as AlarmProperties,
    );
  const alarms = of('AWS::CloudWatch::Alarm');
  const composites = of('AWS::CloudWatch::CompositeAlarm');
  const named = (id: string): AlarmProperties | undefined =>
    alarms.find(({ AlarmName }) => AlarmName === `coupon-${environment}-${id}`);

  test('there is an alarm for each of the list, and no other', () => {
    const ids = ALARMS.map(({ id }) => `coupon-${environment}-${id}`);
    expect(alarms.map(({ AlarmName }) => AlarmName).toSorted()).toEqual(ids.toSorted());
  });

  test.each(ALARMS.map((alarm) => [alarm.id, alarm] as const))(
    '%s rings as the list says, says who is harmed and leads into the runbook',
    (id, alarm) => {
      const { threshold } = alarm;
      if (sizes === undefined) throw new Error(`no environment ${environment}`);
      expect(named(id)).toMatchObject({
        Threshold: typeof threshold === 'number' ? threshold : threshold(sizes),
        ComparisonOperator:
          alarm.rings === 'at least' ? 'GreaterThanOrEqualToThreshold' : 'LessThanThreshold',
        DatapointsToAlarm: alarm.breaching,
        EvaluationPeriods: alarm.of,
        TreatMissingData: alarm.missing === 'good' ? 'notBreaching' : 'breaching',
        AlarmDescription: `${alarm.severity.toUpperCase()}: ${alarm.harm} What to do: docs/runbook.md#${sectionOf(alarm)}`,
      });
    },
  );

  test('percentiles of a few are good, and no alarm stays as it was because they are few', () => {
    const byPercentile = ALARMS.filter((alarm) => JSON.stringify(alarm.measure).includes('"p99"'));
    expect(byPercentile.length).toBeGreaterThan(3);
    for (const { id } of byPercentile) {
      const [head, value, count] = named(id)?.Metrics ?? [];
      expect(head).toMatchObject({ Expression: 'IF(count >= 100, value, 0)' });
      expect(value).toMatchObject({ Id: 'value', MetricStat: { Stat: 'p99' } });
      expect(count).toMatchObject({ Id: 'count', MetricStat: { Stat: 'SampleCount' } });
    }
    expect(JSON.stringify(alarms)).not.toContain('EvaluateLowSampleCountPercentile');
  });

  test('each function with a clock of its own is missed when it does not come', () => {
    const schedules = Object.keys(assembly.resources('AWS::Scheduler::Schedule'));
    const missed = ['sweep', 'restore', 'grant', 'notify'];
    // `check` is missed by what it measures.
    expect(schedules).toHaveLength(missed.length + 1);
    for (const name of missed) {
      expect(named(`schedule-silent-${name}`)).toMatchObject({
        MetricName: 'Invocations',
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
      });
    }
  });

  test('a share is one of all claims, and nothing while there are few', () => {
    expect(named('claims-unsure')?.Metrics).toEqual([
      {
        Id: 'expr_1',
        Expression: 'IF(whole >= 60, SUM([m0, m1, whole * 0]) / whole, 0)',
        ReturnData: true,
      },
      metric('m0', 'Claims', 'Sum', { outcome: 'outcome_unknown' }),
      metric('m1', 'Claims', 'Sum', { outcome: 'unavailable' }),
      metric('whole', 'ClaimDuration', 'SampleCount', {}),
    ]);
  });

  test('of several machines the worst is looked at', () => {
    const nodes = named('cache-memory')?.Metrics?.filter(({ MetricStat }) => MetricStat);
    // With one node there is nothing to compare.
    expect(nodes?.length).toBe(environment === 'dev' ? undefined : 3);
    const brokers = named('kafka-disk')?.Metrics?.filter(({ MetricStat }) => MetricStat);
    expect(brokers).toHaveLength(environment === 'dev' ? 2 : 3);
  });

  test('no expression has more metrics than an alarm may have', () => {
    const most = Math.max(...alarms.map(({ Metrics = [] }) => Metrics.length - 1));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(10);
  });

  test('each tells when it rings and when it is over, but symptoms only through what they share', () => {
    for (const { id, isSymptom } of ALARMS) {
      const { AlarmActions, OKActions } = named(id) ?? {};
      const isTold = [AlarmActions?.length, OKActions?.length];
      expect([id, ...isTold]).toEqual([id, ...(isSymptom ? [undefined, undefined] : [1, 1])]);
    }
    const silent = composites.filter(({ AlarmActions }) => AlarmActions === undefined);
    expect(silent.map(({ AlarmName }) => AlarmName)).toEqual([`coupon-${environment}-cause-known`]);
    expect(composites).toHaveLength(COMPOSITES.length + 1);
  });

  test('what users feel rings once, and not at all while the cause does', () => {
    const ids = Object.entries(assembly.resources('AWS::CloudWatch::CompositeAlarm'));
    const affected = ids.find(([, { Properties }]) =>
      String(Properties['AlarmName']).endsWith('users-affected'),
    )?.[1].Properties;
    const known = ids.find(([, { Properties }]) =>
      String(Properties['AlarmName']).endsWith('cause-known'),
    );
    expect(affected?.['ActionsSuppressor']).toEqual({ 'Fn::GetAtt': [known?.[0], 'Arn'] });
    const rule = JSON.stringify(known?.[1].Properties['AlarmRule']);
    for (const { id } of CAUSES) expect(rule).toContain(id.replaceAll('-', ''));
  });

  test('each view is a dashboard with all of its panels, and the pages above them', () => {
    const dashboards = Object.values(assembly.resources('AWS::CloudWatch::Dashboard'));
    expect(dashboards).toHaveLength(VIEWS.length);
    for (const [i, view] of VIEWS.entries()) {
      const body = bodyOf(dashboards[i]?.Properties['DashboardBody']);
      const [first, ...graphs] = body.widgets;
      expect(first?.properties.alarms?.length).toBeGreaterThan(10);
      expect(graphs.map(({ properties }) => properties.title)).toEqual(
        view.panels.map(({ title }) => title),
      );
      for (const { properties } of graphs) expect(properties.metrics).not.toEqual([]);
      expect(JSON.stringify(body)).toContain(`service=\\"coupon-${environment}\\"`.slice(0, 8));
    }
  });

  function metric(id: string, name: string, statistic: string, dimensions: Record<string, string>) {
    return {
      Id: id,
      MetricStat: {
        Metric: {
          Namespace: 'Coupon',
          MetricName: name,
          Dimensions: Object.entries({ ...dimensions, service: `coupon-${environment}` }).map(
            ([Name, Value]) => ({ Name, Value }),
          ),
        },
        Period: 60,
        Stat: statistic,
      },
      ReturnData: false,
    };
  }
});

describe('what the installation names', () => {
  const context = {
    alarmEmails: 'a@example.com,b@example.com',
    slackWorkspace: 'T0123456',
    slackChannel: 'C0123456',
    grafanaSignIn: 'AWS_SSO',
    runbookUrl: 'https://wiki.example.com/runbook',
  };

  test('is told of alarms by e-mail and in Slack, and looks at them in a Grafana of its own', async () => {
    const outdir = join(folder, 'all');
    await synthesize('prod', { outdir, context });
    const assembly = new Assembly('prod', outdir);
    const endpoints = Object.values(assembly.resources('AWS::SNS::Subscription'));
    expect(endpoints.map(({ Properties }) => Properties['Endpoint'])).toEqual([
      'a@example.com',
      'b@example.com',
    ]);
    expect(assembly.only('AWS::Chatbot::SlackChannelConfiguration').Properties).toMatchObject({
      SlackWorkspaceId: 'T0123456',
      SlackChannelId: 'C0123456',
    });
    expect(assembly.only('AWS::Grafana::Workspace').Properties).toMatchObject({
      AccountAccessType: 'CURRENT_ACCOUNT',
      AuthenticationProviders: ['AWS_SSO'],
      PermissionType: 'CUSTOMER_MANAGED',
    });
    const [alarm] = Object.values(assembly.resources('AWS::CloudWatch::Alarm'));
    expect(alarm?.Properties['AlarmDescription']).toMatch(
      / https:\/\/wiki\.example\.com\/runbook#/,
    );
    for (const { violations } of assembly.report()) expect(violations).toEqual([]);
    const policies = Object.values(assembly.stack('monitoring').Resources).filter(
      ({ Type }) => Type === 'AWS::IAM::Policy',
    );
    const actions = JSON.stringify(policies.map(({ Properties }) => Properties)).match(
      /"[a-z]+:[A-Z]\w+"/g,
    );
    // They read metrics, and nothing else.
    expect([...new Set(actions)].toSorted()).toEqual([
      '"cloudwatch:DescribeAlarms"',
      '"cloudwatch:GetMetricData"',
      '"cloudwatch:GetMetricWidgetImage"',
      '"cloudwatch:ListMetrics"',
    ]);
  });

  test('is none of it unless it is named', () => {
    const assembly = new Assembly('prod');
    for (const type of [
      'AWS::SNS::Subscription',
      'AWS::Chatbot::SlackChannelConfiguration',
      'AWS::Grafana::Workspace',
    ]) {
      expect(assembly.resources(type)).toEqual({});
    }
  });
});

interface Body {
  readonly widgets: readonly {
    readonly properties: {
      readonly title: string;
      readonly alarms?: readonly unknown[];
      readonly metrics?: readonly unknown[];
    };
  }[];
}

/** What CloudFormation makes of it, with a word in the place of each value of its own. */
function bodyOf(value: unknown): Body {
  const {
    'Fn::Join': [, parts],
  } = value as { 'Fn::Join': [string, unknown[]] };
  return JSON.parse(
    parts.map((part) => (typeof part === 'string' ? part : 'deployed')).join(''),
  ) as Body;
}
