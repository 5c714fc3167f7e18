import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { CfnSubscriptionFilter, LogGroup, LogStream, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Environment } from '../environments/environment.ts';
import { accept } from './accepted.ts';

/** As long as an inquiry into an event may take. */
const KEPT_DAYS = 90;
/** What comes in this time is one object. */
const GATHERED_SECONDS = 60;
const GATHERED_MB = 64;
/** An object that could not be read so often is looked at by a person. */
const MAX_READS = 5;

/** Where lines lie until they are searched for, and what of them could not be indexed. */
const LINES = 'lines/';
export const FAILED = 'failed/';

/**
 * Lines of log groups as objects, gathered for a minute; a queue names each object. Firehose can't
 * hand CloudWatch's records to OpenSearch itself: each holds many lines, and it takes one document.
 */
export class LogArchive extends Construct {
  readonly bucket: Bucket;
  readonly queue: Queue;
  private readonly delivery: CfnDeliveryStream;
  private readonly subscriber: Role;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    this.queue = this.createQueue();
    this.bucket = this.createBucket(environment);
    this.delivery = this.createDelivery(environment);
    this.subscriber = new Role(this, 'Subscriber', {
      description: `Hands lines of coupon ${environment.name} to their delivery`,
      assumedBy: new ServicePrincipal('logs.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    this.subscriber.addToPolicy(
      new PolicyStatement({
        actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
        resources: [this.delivery.attrArn],
      }),
    );
  }

  /** From now on what is written there comes here, too. */
  take(id: string, logGroup: ILogGroup): void {
    const filter = new CfnSubscriptionFilter(this, id, {
      logGroupName: logGroup.logGroupName,
      destinationArn: this.delivery.attrArn,
      roleArn: this.subscriber.roleArn,
      // Lines of loggers only: what Lambda says of each invocation nobody searches for.
      filterPattern: '{ $.message = "*" }',
    });
    filter.node.addDependency(this.subscriber);
  }

  /** What it takes to read the lines that the queue names, and to lay aside what can't be indexed. */
  letRead(reader: Role): void {
    const parts: readonly (readonly [action: string, part: string])[] = [
      ['s3:GetObject', `${LINES}*`],
      ['s3:PutObject', `${FAILED}*`],
    ];
    for (const [action, part] of parts) {
      reader.addToPolicy(
        new PolicyStatement({ actions: [action], resources: [this.bucket.arnForObjects(part)] }),
      );
      acceptObjects(reader, this.bucket, part);
    }
    reader.addToPolicy(
      new PolicyStatement({
        actions: [
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
          'sqs:ChangeMessageVisibility',
          'sqs:GetQueueAttributes',
        ],
        resources: [this.queue.queueArn],
      }),
    );
  }

  private createQueue(): Queue {
    const unread = new Queue(this, 'Unread', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.minutes(10),
      deadLetterQueue: { queue: unread, maxReceiveCount: MAX_READS },
    });
    queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        // By the bucket's own name each would have to be there before the other.
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    return queue;
  }

  private createBucket({ removalPolicy }: Environment): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(KEPT_DAYS) }],
      removalPolicy,
    });
    accept(bucket, { S1: 'It is the bucket of the logs' });
    // CDK's own way is a function with rights of its own.
    (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: this.queue.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: LINES }] } },
        },
      ],
    };
    bucket.node.addDependency(this.queue);
    return bucket;
  }

  private createDelivery({ name, logRetention, removalPolicy }: Environment): CfnDeliveryStream {
    const role = new Role(this, 'Deliverer', {
      description: `Brings lines of coupon ${name} into their bucket`,
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'sts:ExternalId': Stack.of(this).account } },
      }),
    });
    const logs = new LogGroup(this, 'Faults', { retention: logRetention, removalPolicy });
    const stream = new LogStream(this, 'FaultsStream', { logGroup: logs, removalPolicy });
    logs.grantWrite(role);
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [this.bucket.bucketArn],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
        resources: [this.bucket.arnForObjects('*')],
      }),
    );
    acceptObjects(role, this.bucket, '*');
    const delivery = new CfnDeliveryStream(this, 'Delivery', {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: this.bucket.bucketArn,
        roleArn: role.roleArn,
        prefix: LINES,
        errorOutputPrefix: FAILED,
        bufferingHints: { intervalInSeconds: GATHERED_SECONDS, sizeInMBs: GATHERED_MB },
        compressionFormat: 'GZIP',
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: logs.logGroupName,
          logStreamName: stream.logStreamName,
        },
        processingConfiguration: { enabled: true, processors: UNPACKING },
      },
    });
    delivery.node.addDependency(role);
    return delivery;
  }
}

/** CloudWatch sends its own envelope, packed: what is delivered are the lines in it. */
const UNPACKING = [
  {
    type: 'Decompression',
    parameters: [{ parameterName: 'CompressionFormat', parameterValue: 'GZIP' }],
  },
  {
    type: 'CloudWatchLogProcessing',
    parameters: [{ parameterName: 'DataMessageExtraction', parameterValue: 'true' }],
  },
];

function acceptObjects(role: Role, bucket: Bucket, part: string): void {
  const id = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnBucket);
  accept(role, {
    [`IAM5[Resource::<${id}.Arn>/${part}]`]: 'Objects of the bucket of the logs, of this kind only',
  });
}
