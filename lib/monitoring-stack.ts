import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import { CouponAlarms } from './constructs/coupon-alarms.ts';
import { CouponDashboards } from './constructs/coupon-dashboards.ts';
import { ManagedGrafana } from './constructs/managed-grafana.ts';
import { MetricSource } from './constructs/metric-of.ts';
import type { Environment } from './environments/environment.ts';
import type { ServiceStack } from './service-stack.ts';

export interface MonitoringStackProps extends StackProps {
  readonly environment: Environment;
  readonly service: ServiceStack;
}

/** Who is told when something is wrong, and where to look at what. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id, props);
    const { environment, service } = props;
    const metrics = new MetricSource(environment, service);
    const { topic } = new AlarmTopic(this, 'AlarmTopic', environment);
    const { pages } = new CouponAlarms(this, 'Alarms', { environment, metrics, topic });
    new CouponDashboards(this, 'Dashboards', { environment, metrics, alarms: pages });
    new CfnOutput(this, 'AlarmTopicArn', {
      value: topic.topicArn,
      description: 'Subscribe whoever is to be told of alarms',
    });
    const { grafanaSignIn } = environment.installation;
    if (grafanaSignIn !== undefined) {
      const { endpoint } = new ManagedGrafana(this, 'Grafana', environment, grafanaSignIn);
      new CfnOutput(this, 'GrafanaUrl', { value: `https://${endpoint}` });
    }
  }
}
