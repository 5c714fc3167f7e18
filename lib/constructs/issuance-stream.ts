import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Connections, Peer, Port, SecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnCluster, CfnConfiguration, CfnTopic } from 'aws-cdk-lib/aws-msk';
import { Construct } from 'constructs';
import { TOPIC_RETENTION_MS } from '../../lambdas/config/limits.ts';
import type { Environment } from '../environments/environment.ts';
import type { CouponFunction } from './coupon-function.ts';
import { DATA, FUNCTIONS } from './private-network.ts';
import { published } from './published.ts';

/** Where accepted claims go, and the group that records them. */
export const TOPIC = 'coupon-issuances';
export const GROUP = 'coupon-record';

/** Of SASL/IAM. */
const PORT = 9098;

/** A broker that is alone acknowledges nothing, and none that has fallen behind may lead. */
const PROMISES = { 'min.insync.replicas': '2', 'unclean.leader.election.enable': 'false' };

export interface IssuanceStreamProps {
  readonly environment: Environment;
  readonly vpc: IVpc;
  readonly key: IKey;
}

/** Kafka with the topic of accepted claims: TLS and IAM only. */
export class IssuanceStream extends Construct {
  readonly clusterArn: string;
  readonly securityGroup: SecurityGroup;
  readonly topic: CfnTopic;
  private readonly groupArn: string;

  constructor(scope: Construct, id: string, { environment, vpc, key }: IssuanceStreamProps) {
    super(scope, id);
    const { name, stream, network, logRetention, removalPolicy } = environment;
    this.securityGroup = new SecurityGroup(this, 'Border', {
      vpc,
      description: 'Kafka: entered by the functions that need the log',
      allowAllOutbound: false,
    });
    // Lambda's pollers join the brokers' network under the brokers' own group.
    this.securityGroup.connections.allowInternally(Port.tcp(PORT), 'the pollers of record');
    // Those that AWS runs on demand call Lambda and STS from there; one's own need no way out.
    const isPolledOnDemand = environment.record.pollers === undefined;
    if (isPolledOnDemand) {
      this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'the pollers, to AWS itself');
    }
    const configuration = new CfnConfiguration(this, 'Configuration', {
      name: `coupon-${name}-${stream.kafkaVersion.replaceAll('.', '-')}`,
      kafkaVersionsList: [stream.kafkaVersion],
      serverProperties: propertiesText({
        'auto.create.topics.enable': 'false',
        'default.replication.factor': String(stream.replicationFactor),
        'offsets.topic.replication.factor': String(stream.replicationFactor),
        ...PROMISES,
      }),
    });
    const logs = new LogGroup(this, 'Logs', { retention: logRetention, removalPolicy });
    const cluster = new CfnCluster(this, 'Cluster', {
      clusterName: `coupon-${name}`,
      kafkaVersion: stream.kafkaVersion,
      numberOfBrokerNodes: stream.brokersPerZone * network.zones,
      brokerNodeGroupInfo: {
        instanceType: stream.brokerType,
        clientSubnets: vpc.selectSubnets(isPolledOnDemand ? FUNCTIONS : DATA).subnetIds,
        securityGroups: [this.securityGroup.securityGroupId],
        storageInfo: { ebsStorageInfo: { volumeSize: stream.gigabytesPerBroker } },
        connectivityInfo: { publicAccess: { type: 'DISABLED' } },
      },
      clientAuthentication: {
        sasl: { iam: { enabled: true }, scram: { enabled: false } },
        tls: { enabled: false },
        unauthenticated: { enabled: false },
      },
      encryptionInfo: {
        encryptionAtRest: { dataVolumeKmsKeyId: key.keyArn },
        encryptionInTransit: { clientBroker: 'TLS', inCluster: true },
      },
      configurationInfo: {
        arn: configuration.attrArn,
        revision: configuration.attrLatestRevisionRevision,
      },
      enhancedMonitoring: 'PER_TOPIC_PER_BROKER',
      loggingInfo: {
        brokerLogs: { cloudWatchLogs: { enabled: true, logGroup: logs.logGroupName } },
      },
    });
    cluster.applyRemovalPolicy(removalPolicy);
    this.clusterArn = cluster.attrArn;
    this.topic = new CfnTopic(this, 'Topic', {
      clusterArn: this.clusterArn,
      topicName: TOPIC,
      partitionCount: stream.partitions,
      replicationFactor: stream.replicationFactor,
      configs: Buffer.from(
        propertiesText({
          'retention.ms': String(TOPIC_RETENTION_MS),
          'cleanup.policy': 'delete',
          // The brokers' time, not the producer's: a process whose clock is wrong would have its
          // records refused, or let go too early.
          'message.timestamp.type': 'LogAppendTime',
          ...PROMISES,
        }),
      ).toString('base64'),
    });
    this.topic.applyRemovalPolicy(removalPolicy);
    this.groupArn = this.publishGroupArn();
  }

  /** Lets a function append to the topic. */
  letPublish(publisher: CouponFunction): void {
    this.letConnect(publisher);
    publisher.tell('topic', TOPIC);
    publisher.allow(this.kafka(this.topic.attrTopicArn, 'DescribeTopic', 'WriteData'));
  }

  /** Lets a function see where the topic ends, and how far the group that records has come. */
  letReadPositions(reader: CouponFunction): void {
    this.letConnect(reader);
    reader.tell('topic', TOPIC);
    reader.tell('recordGroup', GROUP);
    reader.allow(this.kafka(this.topic.attrTopicArn, 'DescribeTopic'));
    reader.allow(this.kafka(this.groupArn, 'DescribeGroup'));
  }

  /** Lets the event source mapping of a function read, in its name. */
  letConsume(consumer: CouponFunction): void {
    consumer.allow(
      this.kafka(this.clusterArn, 'Connect', 'DescribeClusterDynamicConfiguration'),
      this.kafka(this.topic.attrTopicArn, 'DescribeTopic', 'ReadData'),
      this.kafka(this.groupArn, 'DescribeGroup', 'AlterGroup'),
      new PolicyStatement({
        actions: ['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'],
        resources: [this.clusterArn],
      }),
      // Besides what every function has: where the brokers are.
      new PolicyStatement({
        actions: ['ec2:DescribeVpcs', 'ec2:DescribeSecurityGroups'],
        resources: ['*'],
      }),
    );
  }

  private letConnect(client: CouponFunction): void {
    client.tell('clusterArn', this.clusterArn);
    client.allow(
      new PolicyStatement({
        actions: ['kafka:GetBootstrapBrokers'],
        resources: [this.clusterArn],
      }),
      this.kafka(this.clusterArn, 'Connect'),
    );
    const border = new Connections({ securityGroups: [this.securityGroup] });
    client.connections.allowTo(border, Port.tcp(PORT), 'the log');
    client.reachAws();
  }

  private kafka(resource: string, ...actions: readonly string[]): PolicyStatement {
    return new PolicyStatement({
      actions: actions.map((action) => `kafka-cluster:${action}`),
      resources: [resource],
    });
  }

  /** Its ARN has the cluster's name and id before the group. */
  private publishGroupArn(): string {
    const stack = Stack.of(this);
    const { resourceName } = stack.splitArn(this.clusterArn, ArnFormat.SLASH_RESOURCE_NAME);
    const arn = stack.formatArn({
      service: 'kafka',
      resource: 'group',
      resourceName: `${resourceName ?? ''}/${GROUP}`,
    });
    return published(this, 'RecordGroupArn', arn);
  }
}

function propertiesText(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
