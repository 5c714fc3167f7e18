import { describe, expect, test } from '@jest/globals';
import { functions, type FunctionName } from '../../lib/functions.ts';
import { Assembly, ENVIRONMENTS, type Resource } from './assembly.ts';
import { propertiesOf, target, type Reference } from './service-parts.ts';

const WORLD = ['0.0.0.0/0', '::/0'];
const names = Object.keys(functions) as FunctionName[];

interface Rule {
  readonly CidrIp?: unknown;
  readonly CidrIpv6?: unknown;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpProtocol?: string;
  readonly GroupId?: unknown;
  readonly SourceSecurityGroupId?: unknown;
  readonly DestinationSecurityGroupId?: unknown;
}

interface Policy {
  readonly Statement: readonly { readonly Effect: string }[];
}

const OF_THIS_ACCOUNT = {
  StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
};

interface PlacedRule extends Rule {
  /** The construct whose border it is part of. */
  readonly border: string;
}

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const assembly = new Assembly(environment);
  const isProtected = environment !== 'dev';
  const all = (type: string): Resource[] => Object.values(assembly.resources(type));
  const only = (type: string): Readonly<Record<string, unknown>> => assembly.only(type).Properties;

  describe('the network', () => {
    test('lets the world in at the load balancer only, at 443 and at 80', () => {
      const open = rulesOf(assembly, 'Ingress').filter(isOfTheWorld);
      const ports = isProtected ? [80, 443] : [80];
      expect(open.map(({ border, FromPort, ToPort }) => [border, FromPort, ToPort])).toEqual(
        ports.map((port) => ['ApiBorder', port, port]),
      );
    });

    test('lets nobody else in by an address but the functions to their way out', () => {
      const byAddress = rulesOf(assembly, 'Ingress').filter(
        (rule) => 'CidrIp' in rule && !isOfTheWorld(rule),
      );
      const borders = new Set(byAddress.map(({ border }) => border));
      expect([...borders]).toEqual(environment === 'prod' ? [] : ['NetworkVpcNatSecurityGroup']);
    });

    test('lets functions out to what they were let into, and at 443', () => {
      const out = rulesOf(assembly, 'Egress').filter(isOfTheWorld);
      const elsewhere = out.filter(({ FromPort }) => FromPort !== 443);
      // What has no way out has a rule that can never be met; the other machine is the way out.
      expect(elsewhere.filter((rule) => !isNowhere(rule)).map(({ border }) => border)).toEqual(
        environment === 'prod' ? [] : ['NetworkVpcNatSecurityGroup'],
      );
      const groups = out.filter(({ FromPort }) => FromPort === 443).map(({ border }) => border);
      expect(groups.toSorted()).toEqual(
        [
          ...names.map((name) => `${name}Border`),
          // Pollers that AWS runs call Lambda from the brokers' network.
          ...(environment === 'dev' ? ['IssuanceStreamBorder'] : []),
        ].toSorted(),
      );
    });

    test('keeps what holds data where no route leads out', () => {
      const data = idsOf(assembly, 'AWS::EC2::Subnet', /dataSubnet/);
      const tables = all('AWS::EC2::SubnetRouteTableAssociation')
        .filter(({ Properties }) => data.includes(target(Properties['SubnetId'] as Reference)))
        .map(({ Properties }) => target(Properties['RouteTableId'] as Reference));
      const routed = all('AWS::EC2::Route').map(({ Properties }) =>
        target(Properties['RouteTableId'] as Reference),
      );
      expect(tables).toHaveLength(environment === 'dev' ? 2 : 3);
      expect(tables.filter((table) => routed.includes(table))).toEqual([]);
    });

    test('logs what was refused', () => {
      expect(only('AWS::EC2::FlowLog')).toMatchObject({ TrafficType: 'REJECT' });
    });

    test('has its default security group emptied', () => {
      expect(only('Custom::VpcRestrictDefaultSG')).toBeDefined();
    });

    test('gives each function a security group of its own', () => {
      const groups = names.map((name) => propertiesOf(assembly, name).VpcConfig.SecurityGroupIds);
      expect(new Set(groups.map((ids) => JSON.stringify(ids))).size).toBe(names.length);
    });
  });

  describe('the load balancer', () => {
    const attributes = new Map(
      (
        only('AWS::ElasticLoadBalancingV2::LoadBalancer')['LoadBalancerAttributes'] as {
          Key: string;
          Value: unknown;
        }[]
      ).map(({ Key, Value }) => [Key, Value]),
    );
    const listeners = all('AWS::ElasticLoadBalancingV2::Listener').map(
      ({ Properties }) => Properties,
    );

    test('speaks TLS 1.3, or 1.2 with what is safe in it; dev without a certificate is a choice', () => {
      const encrypted = listeners.filter(({ Protocol }) => Protocol === 'HTTPS');
      expect(encrypted.map(({ Port, SslPolicy }) => ({ Port, SslPolicy }))).toEqual(
        isProtected ? [{ Port: 443, SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09' }] : [],
      );
    });

    test('answers HTTP by leading to HTTPS, and by nothing else', () => {
      const plain = listeners.filter(({ Protocol }) => Protocol === 'HTTP');
      const actions = plain.map(({ Port, DefaultActions }) => ({ Port, DefaultActions }));
      const redirect = {
        Type: 'redirect',
        RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' },
      };
      const expected = isProtected ? redirect : expect.objectContaining({ Type: 'forward' });
      expect(actions).toEqual([{ Port: 80, DefaultActions: [expected] }]);
    });

    test('drops headers that are invalid, and requests that two servers would read differently', () => {
      expect(attributes.get('routing.http.drop_invalid_header_fields.enabled')).toBe('true');
      expect(attributes.get('routing.http.desync_mitigation_mode')).toBe('strictest');
    });

    test('keeps logs of who called, in a bucket that is closed, encrypted and forgets', () => {
      expect(attributes.get('access_logs.s3.enabled')).toBe('true');
      expect(only('AWS::S3::Bucket')).toMatchObject({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
          ],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: 'Enabled' }] },
      });
      expect(JSON.stringify(only('AWS::S3::BucketPolicy'))).toContain(
        '"aws:SecureTransport":"false"',
      );
    });

    test('hands headers over with all their values, and asks whether functions are well', () => {
      const groups = all('AWS::ElasticLoadBalancingV2::TargetGroup');
      expect(groups).toHaveLength(3);
      for (const { Properties } of groups) {
        expect(Properties).toMatchObject({
          TargetType: 'lambda',
          HealthCheckEnabled: true,
          HealthCheckPath: '/health',
          TargetGroupAttributes: expect.arrayContaining([
            { Key: 'lambda.multi_value_headers.enabled', Value: 'true' },
          ]),
        });
      }
    });

    test('cannot be deleted by mistake outside dev', () => {
      expect(attributes.get('deletion_protection.enabled')).toBe(String(isProtected));
    });
  });

  describe('the firewall', () => {
    const acl = only('AWS::WAFv2::WebACL');
    const rules = acl['Rules'] as Readonly<Record<string, unknown>>[];
    const named = (name: string) => rules.find(({ Name }) => Name === name);

    test('stands before the load balancer', () => {
      const [loadBalancer = ''] = Object.keys(
        assembly.resources('AWS::ElasticLoadBalancingV2::LoadBalancer'),
      );
      expect(only('AWS::WAFv2::WebACLAssociation')['ResourceArn']).toEqual({ Ref: loadBalancer });
    });

    test('has the rules that AWS keeps, of which large bodies and nameless programs only count', () => {
      expect(named('AWSManagedRulesCommonRuleSet')).toMatchObject({
        OverrideAction: { None: {} },
        Statement: {
          ManagedRuleGroupStatement: {
            RuleActionOverrides: ['SizeRestrictions_BODY', 'NoUserAgent_HEADER'].map((Name) => ({
              Name,
              ActionToUse: { Count: {} },
            })),
          },
        },
      });
      expect(named('AWSManagedRulesKnownBadInputsRuleSet')).toBeDefined();
      expect(named('AWSManagedRulesAmazonIpReputationList')).toBeDefined();
    });

    test('limits the claims of a token, and an address only far above what a carrier’s users do', () => {
      const rate = (name: string) =>
        (named(name) as { Statement: { RateBasedStatement: Record<string, unknown> } }).Statement
          .RateBasedStatement;
      const token = rate('claims-of-a-token');
      expect(token).toMatchObject({
        AggregateKeyType: 'CUSTOM_KEYS',
        CustomKeys: [{ Header: { Name: 'authorization' } }],
        EvaluationWindowSec: 60,
      });
      const address = rate('requests-of-an-address');
      expect(address).toMatchObject({ AggregateKeyType: 'IP', EvaluationWindowSec: 60 });
      expect(Number(address['Limit'])).toBeGreaterThanOrEqual(20 * Number(token['Limit']));
    });

    test('writes no token down, and no query, which may name a user', () => {
      expect(only('AWS::WAFv2::LoggingConfiguration')).toMatchObject({
        RedactedFields: [{ SingleHeader: { Name: 'authorization' } }, { QueryString: {} }],
      });
      expect(JSON.stringify(acl)).not.toContain('"SampledRequestsEnabled":true');
    });
  });

  describe('the topic of the alarms', () => {
    const { Properties: topic } = assembly.only('AWS::SNS::Topic', 'monitoring');
    const { Properties: policy } = assembly.only('AWS::SNS::TopicPolicy', 'monitoring');
    const [id = ''] = Object.keys(assembly.resources('AWS::SNS::Topic', 'monitoring'));

    test('is encrypted by a key that CloudWatch may use, or no alarm would arrive', () => {
      const key = target(topic['KmsMasterKeyId'] as Reference);
      const keyPolicy = assembly.resources('AWS::KMS::Key')[key]?.Properties['KeyPolicy'];
      expect((keyPolicy as Policy).Statement).toContainEqual({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: '*',
        Condition: OF_THIS_ACCOUNT,
      });
    });

    test('takes nothing unencrypted, and nothing but the alarms of this account', () => {
      const { Statement: all } = policy['PolicyDocument'] as Policy;
      const granting = all.filter(({ Effect }) => Effect === 'Allow');
      expect(granting).toEqual([
        expect.objectContaining({
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: { Ref: id },
          Condition: OF_THIS_ACCOUNT,
        }),
      ]);
      expect(all).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Principal: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
    });
  });

  test('no variable of a function holds a secret, or a reference that becomes one', () => {
    for (const name of names) {
      const { Variables } = propertiesOf(assembly, name).Environment;
      const text = JSON.stringify(Variables);
      expect(text).not.toMatch(/\{\{resolve:|:\/\/[^"/@]*:[^"/@]*@/);
      expect(Object.keys(Variables).filter((one) => /SECRET|PASSWORD|TOKEN/.test(one))).toEqual(
        Object.keys(Variables).filter((one) => one.endsWith('_SECRET_ARN')),
      );
    }
  });

  test('logs are kept for a limited time', () => {
    const groups = all('AWS::Logs::LogGroup');
    const days = { dev: 7, staging: 30, prod: 90 }[environment];
    expect(groups.length).toBeGreaterThan(names.length);
    for (const { Properties } of groups) expect(Properties['RetentionInDays']).toBe(days);
  });

  test('what holds data outlives its stack outside dev', () => {
    const types = [
      'AWS::ElastiCache::ReplicationGroup',
      'AWS::MSK::Cluster',
      'AWS::MSK::Topic',
      'AWS::RDS::DBInstance',
      'AWS::SecretsManager::Secret',
      'AWS::KMS::Key',
    ];
    const expected = isProtected ? 'Retain' : 'Delete';
    for (const { Type, DeletionPolicy, UpdateReplacePolicy } of types.flatMap(all)) {
      expect([Type, DeletionPolicy, UpdateReplacePolicy]).toEqual([Type, expected, expected]);
    }
  });
});

function isOfTheWorld({ CidrIp, CidrIpv6 }: Rule): boolean {
  return WORLD.includes(String(CidrIp)) || WORLD.includes(String(CidrIpv6));
}

/** How CDK writes "no way out": AWS would make a way out of no rule. */
function isNowhere({ CidrIp, IpProtocol }: Rule): boolean {
  return CidrIp === '255.255.255.255/32' && IpProtocol === 'icmp';
}

function rulesOf(assembly: Assembly, direction: 'Ingress' | 'Egress'): PlacedRule[] {
  const borderOf = (id: string): string => id.replace(/[0-9A-F]{8}$/, '');
  const within = Object.entries(assembly.resources('AWS::EC2::SecurityGroup')).flatMap(
    ([id, { Properties }]) =>
      ((Properties[`SecurityGroup${direction}`] ?? []) as Rule[]).map((rule) => ({
        ...rule,
        border: borderOf(id),
      })),
  );
  const beside = Object.values(assembly.resources(`AWS::EC2::SecurityGroup${direction}`)).map(
    ({ Properties }) => ({ ...(Properties as Rule), border: borderOf(groupOf(Properties)) }),
  );
  return [...within, ...beside];
}

function groupOf({ GroupId }: Rule): string {
  const text = JSON.stringify(GroupId);
  return /"Fn::GetAtt":\["([^"]+)"/.exec(text)?.[1] ?? text;
}

function idsOf(assembly: Assembly, type: string, pattern: RegExp): string[] {
  return Object.keys(assembly.resources(type)).filter((id) => pattern.test(id));
}
