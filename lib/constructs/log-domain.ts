import { Stack } from 'aws-cdk-lib';
import { Port, SecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyDocument, PolicyStatement, ServicePrincipal, type IRole } from 'aws-cdk-lib/aws-iam';
import { CfnResourcePolicy, LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnDomain } from 'aws-cdk-lib/aws-opensearchservice';
import { Construct } from 'constructs';
import type { Environment, LogAnalytics } from '../environments/environment.ts';
import { accept } from './accepted.ts';
import { DATA } from './private-network.ts';

export interface LogDomainProps {
  readonly environment: Environment;
  readonly analytics: LogAnalytics;
  readonly vpc: IVpc;
  /** Writes the lines. People get in by their own rights, and by the network. */
  readonly writer: IRole;
  readonly writerBorder: SecurityGroup;
}

/** OpenSearch within the network: TLS, encrypted, a node a zone. */
export class LogDomain extends Construct {
  readonly name: string;
  readonly endpoint: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: LogDomainProps) {
    super(scope, id);
    const { environment, analytics, vpc, writer, writerBorder } = props;
    const { network, logRetention, removalPolicy } = environment;
    const domainName = `coupon-${environment.name}-logs`;
    this.name = domainName;
    this.arn = Stack.of(this).formatArn({
      service: 'es',
      resource: 'domain',
      resourceName: domainName,
    });
    const border = new SecurityGroup(this, 'Border', {
      vpc,
      description: 'OpenSearch: entered by what delivers the lines',
      allowAllOutbound: false,
    });
    border.connections.allowFrom(writerBorder, Port.HTTPS, 'lines');
    const logs = new LogGroup(this, 'Logs', { retention: logRetention, removalPolicy });
    const mayLog = new CfnResourcePolicy(this, 'MayLog', {
      policyName: `${domainName}-may-log`,
      policyDocument: Stack.of(this).toJsonString(logging(logs, this.arn)),
    });
    const told = { cloudWatchLogsLogGroupArn: logs.logGroupArn, enabled: true };
    const domain = new CfnDomain(this, 'Domain', {
      domainName,
      engineVersion: 'OpenSearch_3.1',
      clusterConfig: {
        instanceType: analytics.instanceType,
        instanceCount: network.zones,
        zoneAwarenessEnabled: true,
        zoneAwarenessConfig: { availabilityZoneCount: network.zones },
      },
      ebsOptions: { ebsEnabled: true, volumeType: 'gp3', volumeSize: analytics.gigabytesPerNode },
      vpcOptions: {
        subnetIds: vpc.selectSubnets(DATA).subnetIds,
        securityGroupIds: [border.securityGroupId],
      },
      encryptionAtRestOptions: { enabled: true },
      nodeToNodeEncryptionOptions: { enabled: true },
      domainEndpointOptions: {
        enforceHttps: true,
        tlsSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10',
      },
      logPublishingOptions: {
        SEARCH_SLOW_LOGS: told,
        INDEX_SLOW_LOGS: told,
        ES_APPLICATION_LOGS: told,
      },
      accessPolicies: new PolicyDocument({
        statements: [
          new PolicyStatement({
            principals: [writer.grantPrincipal],
            actions: WRITING,
            resources: [this.arnForIndexes],
          }),
        ],
      }),
    });
    domain.addResourceDependency(mayLog);
    domain.applyRemovalPolicy(removalPolicy);
    accept(domain, {
      OS3: 'It has no public address: the network and security groups say who gets there',
      OS4: 'Lines can be indexed again from the bucket, so masters of their own are not worth their price',
    });
    this.endpoint = domain.attrDomainEndpoint;
  }

  get arnForIndexes(): string {
    return `${this.arn}/*`;
  }
}

/** What whoever delivers lines has to do there. */
export const WRITING = ['es:ESHttpGet', 'es:ESHttpHead', 'es:ESHttpPost', 'es:ESHttpPut'];

/** Lets the domain write its own logs. */
function logging(logs: LogGroup, domainArn: string): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        principals: [new ServicePrincipal('es.amazonaws.com')],
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logs.logGroupArn],
        conditions: { ArnLike: { 'aws:SourceArn': domainArn } },
      }),
    ],
  });
}
