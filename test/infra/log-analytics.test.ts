import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { functions, type FunctionName } from '../../lib/functions.ts';
import { Assembly, ENVIRONMENTS } from './assembly.ts';
import { actionsOf, propertiesOf, statements } from './service-parts.ts';

const names = Object.keys(functions) as FunctionName[];
const TYPES = [
  'AWS::OpenSearchService::Domain',
  'AWS::OSIS::Pipeline',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::Logs::SubscriptionFilter',
];

/** Of cdk-nag's findings in the stack of log analytics, what is meant, and how often. */
const MEANT = ['IAM5', 'IAM5', 'IAM5', 'IAM5', 'OS3', 'OS4', 'S1'];

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const assembly = new Assembly(environment);

  test('nothing of it is there unless it is asked for', () => {
    for (const type of TYPES) expect(assembly.resources(type)).toEqual({});
    for (const name of names) {
      const { Environment, ...properties } = propertiesOf(assembly, name);
      expect(properties).not.toHaveProperty('Layers');
      expect(Environment.Variables).not.toHaveProperty('AWS_LAMBDA_EXEC_WRAPPER');
    }
  });
});

describe('an environment that asks for it', () => {
  let folder: string;
  let watched: Assembly;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'coupon-watched-'));
    execFileSync(process.execPath, ['test/infra/watched-system.ts', folder], { stdio: 'pipe' });
    watched = new Assembly('dev', folder);
  }, 120_000);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('has the lines of each function delivered', () => {
    const filters = Object.values(watched.resources('AWS::Logs::SubscriptionFilter'));
    expect(filters).toHaveLength(names.length);
    const groups = new Set(
      filters.map(({ Properties }) => JSON.stringify(Properties['LogGroupName'])),
    );
    expect(groups.size).toBe(names.length);
  });

  test('has them unpacked, since CloudWatch sends many in one record', () => {
    const { Properties } = watched.only('AWS::KinesisFirehose::DeliveryStream');
    const { ProcessingConfiguration: processing, ...destination } = Properties[
      'ExtendedS3DestinationConfiguration'
    ] as Record<string, { readonly Processors: readonly { readonly Type: string }[] }>;
    expect(processing?.Processors.map(({ Type }) => Type)).toEqual([
      'Decompression',
      'CloudWatchLogProcessing',
    ]);
    expect(destination).toMatchObject({ Prefix: 'lines/', ErrorOutputPrefix: 'failed/' });
  });

  test('keeps what could not be read or indexed', () => {
    const text = JSON.stringify(watched.only('AWS::OSIS::Pipeline').Properties);
    expect(text).toContain('key_path_prefix: \\"failed/\\"');
    expect(text).toContain('acknowledgments: true');
    const queues = Object.values(watched.resources('AWS::SQS::Queue'));
    expect(queues.filter(({ Properties }) => 'RedrivePolicy' in Properties)).toHaveLength(1);
  });

  test('has a domain within the network, encrypted on each way and at rest', () => {
    expect(watched.only('AWS::OpenSearchService::Domain').Properties).toMatchObject({
      VPCOptions: { SubnetIds: [expect.anything(), expect.anything()] },
      EncryptionAtRestOptions: { Enabled: true },
      NodeToNodeEncryptionOptions: { Enabled: true },
      DomainEndpointOptions: {
        EnforceHTTPS: true,
        TLSSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10',
      },
    });
  });

  test('gives nobody a right with a *, or one that AWS manages', () => {
    const actions = statements(watched).flatMap(actionsOf);
    expect(actions).toContain('firehose:PutRecord');
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    const stack = watched.stack('log-analytics').Resources;
    const roles = Object.values(stack).filter(({ Type }) => Type === 'AWS::IAM::Role');
    expect(roles).toHaveLength(3);
    for (const { Properties } of roles) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
      expect(Properties).not.toHaveProperty('Policies');
    }
    // No function of CDK's own works behind it.
    expect(Object.values(stack).filter(({ Type }) => Type === 'AWS::Lambda::Function')).toEqual([]);
  });

  test('has no finding of cdk-nag that is not meant', () => {
    const reports = watched.report();
    expect(reports.flatMap(({ violations }) => violations)).toEqual([]);
    const found = reports
      .flatMap(({ suppressedViolations = [] }) => suppressedViolations)
      .flatMap(({ acknowledgedId = '', violatingConstructs }) =>
        violatingConstructs
          .filter(({ constructPath }) => constructPath.includes('log-analytics'))
          .map(() => /AwsSolutions-(\w+)/.exec(acknowledgedId)?.[1]),
      );
    expect(found.toSorted()).toEqual(MEANT);
  });

  test('has OpenTelemetry’s layer, and a share of the requests sampled, in each function', () => {
    for (const name of names) {
      const { Environment, ...properties } = propertiesOf(watched, name);
      expect(properties).toMatchObject({
        Layers: [expect.stringContaining(':layer:')],
        TracingConfig: { Mode: 'Active' },
      });
      expect(Environment.Variables).toMatchObject({
        AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-instrument',
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0.05',
      });
    }
  });
});
