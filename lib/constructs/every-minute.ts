import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Construct } from 'constructs';

/** Not tried again, and not kept for longer: the next minute brings the next run. */
const ONCE = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };

/**
 * Invokes a function once a minute with `{}`. A run that takes longer is overtaken by the next:
 * the function has to bear that.
 */
export class EveryMinute extends Schedule {
  constructor(scope: Construct, id: string, target: IFunction) {
    super(scope, id, {
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      target: new LambdaInvoke(target, { input: ScheduleTargetInput.fromObject({}), ...ONCE }),
    });
    // The scheduler only hands the event over; Lambda's own queue would run a failure thrice.
    target.configureAsyncInvoke(ONCE);
  }
}
