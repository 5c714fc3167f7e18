import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { CouponFunction } from './coupon-function.ts';

/** Not tried again, and not kept for longer: the next minute brings the next run. */
const ATTEMPTS = { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 };

/**
 * Invokes a function once a minute with `{}`. A run that takes longer is overtaken by the next:
 * the function has to bear that.
 */
export class EveryMinute extends Construct {
  constructor(scope: Construct, id: string, { lambda }: CouponFunction) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      description: `The clock that invokes ${lambda.node.path}`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    // CDK's own target would let it invoke every version too.
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [lambda.functionArn],
      }),
    );
    new CfnSchedule(this, 'Schedule', {
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      state: 'ENABLED',
      target: {
        arn: lambda.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        retryPolicy: ATTEMPTS,
      },
    });
    // The scheduler only hands the event over; Lambda's own queue would run a failure thrice.
    lambda.configureAsyncInvoke({
      retryAttempts: ATTEMPTS.maximumRetryAttempts,
      maxEventAge: Duration.seconds(ATTEMPTS.maximumEventAgeInSeconds),
    });
  }
}
