import { Stack, type StackProps } from 'aws-cdk-lib';
import { SecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnPipeline } from 'aws-cdk-lib/aws-osis';
import type { Construct } from 'constructs';
import { accept } from './constructs/accepted.ts';
import { LogArchive } from './constructs/log-archive.ts';
import { LogDomain, WRITING } from './constructs/log-domain.ts';
import { DATA } from './constructs/private-network.ts';
import type { Environment, LogAnalytics } from './environments/environment.ts';
import { pipelineText } from './logs/pipeline.ts';

export interface LogAnalyticsStackProps extends StackProps {
  readonly environment: Environment;
  readonly analytics: LogAnalytics;
  readonly vpc: IVpc;
  /** By the names of the functions whose they are. */
  readonly logGroups: Readonly<Record<string, ILogGroup>>;
}

/** One unit takes about 2 MB/s of lines; 3,000 claims a second are 2 to 3. */
const UNITS = { least: 1, most: 4 };

/** Lines of all functions in OpenSearch: subscriptions → delivery → ingestion → domain. */
export class LogAnalyticsStack extends Stack {
  constructor(scope: Construct, id: string, props: LogAnalyticsStackProps) {
    super(scope, id, props);
    const { environment, analytics, vpc, logGroups } = props;
    const archive = new LogArchive(this, 'Archive', environment);
    for (const [name, logGroup] of Object.entries(logGroups)) archive.take(name, logGroup);

    const writer = new Role(this, 'Ingestion', {
      description: `Brings lines of coupon ${environment.name} into OpenSearch`,
      assumedBy: new ServicePrincipal('osis-pipelines.amazonaws.com'),
    });
    const writerBorder = new SecurityGroup(this, 'IngestionBorder', {
      vpc,
      description: 'What delivers lines to OpenSearch',
      allowAllOutbound: false,
    });
    const domain = new LogDomain(this, 'Domain', {
      environment,
      analytics,
      vpc,
      writer,
      writerBorder,
    });
    archive.letRead(writer);
    writer.addToPolicy(
      new PolicyStatement({ actions: ['es:DescribeDomain'], resources: [domain.arn] }),
    );
    const indexes = domain.arnForIndexes;
    writer.addToPolicy(new PolicyStatement({ actions: WRITING, resources: [indexes] }));
    accept(writer, {
      [`IAM5[Resource::arn:<AWS::Partition>:es:<AWS::Region>:<AWS::AccountId>:domain/${domain.name}/*]`]:
        'The indexes of this domain: there is a new one each day',
    });
    const { logRetention, removalPolicy } = environment;
    const logs = new LogGroup(this, 'IngestionLogs', {
      // OpenSearch writes into groups of such names only.
      logGroupName: `/aws/vendedlogs/coupon-${environment.name}-logs`,
      retention: logRetention,
      removalPolicy,
    });
    const pipeline = new CfnPipeline(this, 'Pipeline', {
      pipelineName: `coupon-${environment.name}-logs`,
      minUnits: UNITS.least,
      maxUnits: UNITS.most,
      pipelineRoleArn: writer.roleArn,
      vpcOptions: {
        subnetIds: vpc.selectSubnets(DATA).subnetIds,
        securityGroupIds: [writerBorder.securityGroupId],
      },
      logPublishingOptions: {
        isLoggingEnabled: true,
        cloudWatchLogDestination: { logGroup: logs.logGroupName },
      },
      pipelineConfigurationBody: pipelineText({
        region: this.region,
        roleArn: writer.roleArn,
        queueUrl: archive.queue.queueUrl,
        bucket: archive.bucket.bucketName,
        endpoint: domain.endpoint,
      }),
    });
    pipeline.node.addDependency(writer);
  }
}
