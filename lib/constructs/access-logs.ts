import type { RemovalPolicy } from 'aws-cdk-lib';
import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { accept } from './accepted.ts';

/** As long as an inquiry into an event may take. What is kept longer keeps erased users longer. */
const KEPT_DAYS = 30;

/**
 * Who called what and when, with no header and so no token: a bucket that forgets. Paths and queries
 * are in it, and operators ask by users' ids (docs/erasure.md).
 */
export class AccessLogs extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, removalPolicy: RemovalPolicy) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      // The load balancer writes to no bucket with a key of ours.
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(KEPT_DAYS) }],
      removalPolicy,
      autoDeleteObjects: false,
    });
    accept(this.bucket, { S1: 'It is the bucket of the logs' });
  }

  keepThoseOf(loadBalancer: ApplicationLoadBalancer): void {
    const { account } = Stack.of(this);
    // CDK's own way wants to know the region before it is deployed.
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`AWSLogs/${account}/*`)],
      }),
    );
    loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
    loadBalancer.setAttribute('access_logs.s3.bucket', this.bucket.bucketName);
    loadBalancer.node.addDependency(this.bucket.policy ?? this.bucket);
  }
}
