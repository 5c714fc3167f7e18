import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../environments/environment.ts';
import type { CouponFunction } from './coupon-function.ts';

export interface QuarantineAlarmProps {
  readonly environment: Environment;
  readonly recorder: CouponFunction;
}

/** As the record function logs it. */
const MESSAGE = 'record quarantined';

/** Rings when a record can never be stored: of all that may go wrong, only that waits for a person. */
export class QuarantineAlarm extends Construct {
  constructor(scope: Construct, id: string, { environment, recorder }: QuarantineAlarmProps) {
    super(scope, id);
    const filter = recorder.lambda.logGroup.addMetricFilter('Quarantined', {
      filterPattern: FilterPattern.stringValue('$.message', '=', MESSAGE),
      metricNamespace: `coupon-${environment.name}`,
      metricName: 'QuarantinedRecords',
      metricValue: '1',
    });
    new Alarm(this, 'Alarm', {
      alarmDescription:
        'A claim was accepted and can never be stored: its user has no coupon, and its unit is not given to anybody else. See "quarantine is not empty" in docs/runbook.md',
      metric: filter.metric({ statistic: Stats.SUM, period: Duration.minutes(1) }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
