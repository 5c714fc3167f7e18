import { Stack } from 'aws-cdk-lib';
import { CfnDashboard, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { serviceName } from '../../lambdas/domain/metrics.ts';
import type { Environment } from '../environments/environment.ts';
import { dashboardBody } from '../monitoring/cloudwatch-dashboard.ts';
import { NAMESPACES } from '../monitoring/platform-metrics.ts';
import { VIEWS } from '../monitoring/panels.ts';
import type { MetricSource } from './metric-of.ts';

export interface CouponDashboardsProps {
  readonly environment: Environment;
  readonly metrics: MetricSource;
  /** The pages: what rings stands above everything else. */
  readonly alarms: readonly IAlarm[];
}

/** A CloudWatch dashboard for each view: the event for operators, the system for engineers. */
export class CouponDashboards extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { environment, metrics, alarms }: CouponDashboardsProps,
  ) {
    super(scope, id);
    const stack = Stack.of(this);
    for (const view of VIEWS) {
      const body = dashboardBody(view, {
        region: stack.region,
        service: serviceName(environment.name),
        platformMetrics: ({ platform }) =>
          metrics
            .dimensionsOf(platform)
            .map((dimensions) => [
              NAMESPACES[platform.of],
              platform.name,
              ...Object.entries(dimensions).flat(),
            ]),
        alarmArns: alarms.map(({ alarmArn }) => alarmArn),
      });
      new CfnDashboard(this, view.id, {
        dashboardName: `coupon-${environment.name}-${view.id}`,
        dashboardBody: stack.toJsonString(body),
      });
    }
  }
}
