import { describe, expect, test } from '@jest/globals';
import { DATABASE_LOG } from '../../lambdas/config/database-log.ts';
import { TOPIC_RETENTION_MS } from '../../lambdas/config/limits.ts';
import { GROUP, TOPIC } from '../../local/prepare/topic.ts';
import { Assembly, ENVIRONMENTS } from './assembly.ts';
import { actionsOf, idOf, statements, target, type Reference } from './service-parts.ts';

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const assembly = new Assembly(environment);
  const isProtected = environment !== 'dev';
  const only = (type: string): Readonly<Record<string, unknown>> =>
    assembly.only(type, 'data').Properties;
  const key = {
    'Fn::GetAtt': [Object.keys(assembly.resources('AWS::KMS::Key', 'data'))[0], 'Arn'],
  };

  test('what is kept is encrypted with a key of our own, which changes every year', () => {
    for (const { Properties } of Object.values(assembly.resources('AWS::KMS::Key'))) {
      expect(Properties).toMatchObject({ EnableKeyRotation: true });
    }
    expect(only('AWS::ElastiCache::ReplicationGroup')).toMatchObject({
      AtRestEncryptionEnabled: true,
      KmsKeyId: key,
    });
    expect(only('AWS::MSK::Cluster')).toMatchObject({
      EncryptionInfo: { EncryptionAtRest: { DataVolumeKMSKeyId: key } },
    });
    expect(only('AWS::RDS::DBInstance')).toMatchObject({ StorageEncrypted: true, KmsKeyId: key });
    expect(only('AWS::SecretsManager::Secret')).toMatchObject({ KmsKeyId: key });
  });

  describe('the cache', () => {
    const group = only('AWS::ElastiCache::ReplicationGroup');
    const parameters = only('AWS::ElastiCache::ParameterGroup')['Properties'];

    test('speaks TLS only', () => {
      expect(group).toMatchObject({
        Engine: 'valkey',
        EngineVersion: '9.0',
        TransitEncryptionEnabled: true,
        TransitEncryptionMode: 'required',
      });
    });

    test('is entered by one user, who signs in by IAM and can do nothing dangerous', () => {
      const user = only('AWS::ElastiCache::User');
      expect(user).toMatchObject({
        Engine: 'valkey',
        AuthenticationMode: { Type: 'iam' },
        UserId: `coupon-${environment}-app`,
        UserName: `coupon-${environment}-app`,
      });
      const access = String(user['AccessString']);
      expect(access).toMatch(/^on ~\* -@all .* -@dangerous \+info$/);
      expect(access).not.toMatch(/\+@all|allcommands|nopass/);
      const [userId] = Object.keys(assembly.resources('AWS::ElastiCache::User'));
      const [groupId] = Object.keys(assembly.resources('AWS::ElastiCache::UserGroup'));
      expect(only('AWS::ElastiCache::UserGroup')['UserIds']).toEqual([{ Ref: userId }]);
      expect(group['UserGroupIds']).toEqual([{ Ref: groupId }]);
    });

    test('refuses a claim when its memory is full, and forgets none', () => {
      expect(parameters).toMatchObject({ 'maxmemory-policy': 'noeviction' });
    });

    test('loses no acknowledged write in prod, and in no other environment takes one that a replica lacks', () => {
      const replicated = { AutomaticFailoverEnabled: true, MultiAZEnabled: true };
      const expected = {
        dev: { Durability: 'disabled', ClusterMode: 'disabled', ReplicasPerNodeGroup: 0 },
        staging: { Durability: 'disabled', ClusterMode: 'enabled', ...replicated },
        prod: { Durability: 'sync', ClusterMode: 'enabled', ...replicated },
      };
      expect(group).toMatchObject(expected[environment]);
      const writing = isProtected
        ? { 'min-replicas-to-write': '1', 'min-replicas-max-lag': '2' }
        : {};
      expect(parameters).toEqual({
        'maxmemory-policy': 'noeviction',
        'cluster-enabled': isProtected ? 'yes' : 'no',
        ...writing,
      });
    });
  });

  describe('Kafka', () => {
    const cluster = only('AWS::MSK::Cluster');
    const topic = only('AWS::MSK::Topic');

    test('speaks TLS only, among brokers too', () => {
      expect(cluster).toMatchObject({
        EncryptionInfo: { EncryptionInTransit: { ClientBroker: 'TLS', InCluster: true } },
      });
    });

    test('is entered by IAM only, and not from outside', () => {
      expect(cluster).toMatchObject({
        ClientAuthentication: {
          Sasl: { Iam: { Enabled: true }, Scram: { Enabled: false } },
          Tls: { Enabled: false },
          Unauthenticated: { Enabled: false },
        },
        BrokerNodeGroupInfo: { ConnectivityInfo: { PublicAccess: { Type: 'DISABLED' } } },
      });
    });

    test('acknowledges what two brokers have, and lets none lead that has fallen behind', () => {
      const configuration = assembly.only('AWS::MSK::Configuration').Properties;
      const properties = String(configuration['ServerProperties']).split('\n');
      const copies = isProtected ? '3' : '2';
      expect(properties).toEqual(
        expect.arrayContaining([
          'auto.create.topics.enable=false',
          `default.replication.factor=${copies}`,
          'min.insync.replicas=2',
          'unclean.leader.election.enable=false',
        ]),
      );
      const [id] = Object.keys(assembly.resources('AWS::MSK::Configuration'));
      expect(cluster['ConfigurationInfo']).toEqual({
        Arn: { 'Fn::GetAtt': [id, 'Arn'] },
        Revision: { 'Fn::GetAtt': [id, 'LatestRevision.Revision'] },
      });
      expect(cluster['NumberOfBrokerNodes']).toBe(Number(copies));
    });

    test('has the topic that the local stack has, with the same promises', () => {
      expect(topic).toMatchObject({
        TopicName: TOPIC,
        ReplicationFactor: isProtected ? 3 : 2,
        PartitionCount: { dev: 8, staging: 12, prod: 24 }[environment],
      });
      const configs = Buffer.from(String(topic['Configs']), 'base64').toString();
      expect(configs.trim().split('\n').toSorted()).toEqual([
        'cleanup.policy=delete',
        'message.timestamp.type=LogAppendTime',
        'min.insync.replicas=2',
        `retention.ms=${TOPIC_RETENTION_MS}`,
        'unclean.leader.election.enable=false',
      ]);
    });
  });

  describe('the event source mapping', () => {
    const mapping = assembly.only('AWS::Lambda::EventSourceMapping');

    test('delivers for ever: it has no destination for failures, no last try and no age', () => {
      expect(mapping.Properties).not.toHaveProperty('DestinationConfig');
      expect(mapping.Properties['MaximumRetryAttempts'] ?? -1).toBe(-1);
      expect(mapping.Properties['MaximumRecordAgeInSeconds'] ?? -1).toBe(-1);
    });

    test('reads the topic from its beginning for the group whose progress a rebuild waits for', () => {
      expect(mapping.Properties).toMatchObject({
        FunctionName: { Ref: idOf(assembly, 'record') },
        Topics: [TOPIC],
        AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: GROUP },
        StartingPosition: 'TRIM_HORIZON',
      });
    });

    test('has pollers of its own outside dev', () => {
      const pollers = {
        dev: undefined,
        staging: { MinimumPollers: 1, MaximumPollers: 4 },
        prod: { MinimumPollers: 1, MaximumPollers: 8 },
      }[environment];
      expect(mapping.Properties['ProvisionedPollerConfig']).toEqual(pollers);
    });

    test('is made when its function may read', () => {
      const policies = Object.entries(assembly.resources('AWS::IAM::Policy'));
      const [reading] = policies.filter(([, policy]) =>
        JSON.stringify(policy).includes('kafka-cluster:ReadData'),
      );
      expect(mapping.DependsOn).toContain(reading?.[0]);
    });
  });

  describe('PostgreSQL', () => {
    const instance = only('AWS::RDS::DBInstance');

    test('speaks TLS only, and takes tokens of IAM', () => {
      expect(only('AWS::RDS::DBParameterGroup')).toMatchObject({
        Parameters: { 'rds.force_ssl': '1', ...DATABASE_LOG },
      });
      expect(instance).toMatchObject({
        EnableIAMDatabaseAuthentication: true,
        PubliclyAccessible: false,
      });
    });

    test('can be restored to any second, and survives a zone and a mistake outside dev', () => {
      expect(instance).toMatchObject({
        BackupRetentionPeriod: { dev: 1, staging: 7, prod: 35 }[environment],
        MultiAZ: isProtected,
        DeletionProtection: isProtected,
      });
    });

    test('has an owner whose password RDS keeps and changes, and no template knows', () => {
      expect(instance).toMatchObject({
        ManageMasterUserPassword: true,
        MasterUsername: 'coupon_owner',
        MasterUserSecret: { KmsKeyId: key },
      });
      expect(instance).not.toHaveProperty('MasterUserPassword');
    });

    test('is entered as coupon_app by all functions but the one that migrates', () => {
      const connecting = statements(assembly).filter((statement) =>
        actionsOf(statement).includes('rds-db:connect'),
      );
      expect(connecting).not.toHaveLength(0);
      for (const { Resource } of connecting) {
        const user = JSON.stringify(Resource);
        expect(user).toMatch(/\/coupon_app"|ProxyUserArn/);
      }
      const published = assembly.stack('data').Outputs?.['ProxyUserArn']?.Value;
      if (isProtected) expect(JSON.stringify(published)).toContain('/coupon_app');
    });

    test('shares few connections by a proxy that takes tokens of IAM and TLS only', () => {
      const proxies = Object.values(assembly.resources('AWS::RDS::DBProxy'));
      expect(proxies.map(({ Properties }) => Properties)).toEqual(
        isProtected
          ? [
              expect.objectContaining({
                DBProxyName: `coupon-${environment}`,
                RequireTLS: true,
                DefaultAuthScheme: 'IAM_AUTH',
              }),
            ]
          : [],
      );
    });

    test('writes its log where it is forgotten in time', () => {
      const groups = Object.values(assembly.resources('AWS::Logs::LogGroup'));
      expect(groups.map(({ Properties }) => Properties['LogGroupName'])).toContain(
        `/aws/rds/instance/${String(instance['DBInstanceIdentifier'])}/postgresql`,
      );
    });
  });

  test('what connects to a server is let in at its port by its security group', () => {
    const rules = Object.values(assembly.resources('AWS::EC2::SecurityGroupIngress'));
    const ports = rules.map(({ Properties }) => Number(Properties['FromPort']));
    const count = (port: number): number => ports.filter((one) => one === port).length;
    // By the functions' configs; the brokers let their pollers in, the database its proxy.
    expect({ valkey: count(6379), kafka: count(9098), postgres: count(5432) }).toEqual({
      valkey: 8,
      kafka: 6,
      postgres: isProtected ? 11 : 10,
    });
    for (const { Properties } of rules) {
      expect(target(Properties['SourceSecurityGroupId'] as Reference)).toBeDefined();
      expect(Properties).not.toHaveProperty('CidrIp');
    }
  });
});

test('no name that we give is the same in two environments', () => {
  const named = /Name$|Id$|Identifier$/;
  const given = ENVIRONMENTS.flatMap((environment) => {
    const { stacks } = new Assembly(environment);
    const names = Object.values(stacks)
      .flatMap(({ Resources }) => Object.values(Resources))
      .flatMap(({ Type, Properties }) =>
        Object.entries(Properties)
          .filter(([property, value]) => named.test(property) && typeof value === 'string')
          .filter(([property]) => !SHARED.has(`${Type}.${property}`))
          .map(([property, value]) => `${Type}.${property}: ${String(value)}`),
      );
    return [...new Set(names)];
  });
  expect(given.filter((name, i) => given.indexOf(name) !== i)).toEqual([]);
  expect(given.length).toBeGreaterThan(20);
});

/** Names inside of something that has a name of its own, or of AWS'. */
const SHARED = new Set([
  'AWS::CloudWatch::Alarm.MetricName',
  'AWS::IAM::Policy.PolicyName',
  'AWS::MSK::Topic.TopicName',
  'AWS::RDS::DBInstance.DBName',
  'AWS::RDS::DBInstance.MasterUsername',
  'AWS::RDS::DBProxyTargetGroup.TargetGroupName',
  'AWS::Lambda::Alias.Name',
]);
