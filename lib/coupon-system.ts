import type { App } from 'aws-cdk-lib';
import { DataStack } from './data-stack.ts';
import type { Environment } from './environments/environment.ts';
import { IdentityStack } from './identity-stack.ts';
import { LogAnalyticsStack } from './log-analytics-stack.ts';
import { MonitoringStack } from './monitoring-stack.ts';
import { NetworkStack } from './network-stack.ts';
import { ServiceStack } from './service-stack.ts';

export interface CouponSystem {
  readonly network: NetworkStack;
  readonly data: DataStack;
  readonly identity: IdentityStack | undefined;
  readonly service: ServiceStack;
  readonly monitoring: MonitoringStack;
  readonly logAnalytics: LogAnalyticsStack | undefined;
}

/** The stacks of an environment: `coupon-<environment>-network` and so on, each on its own. */
export function couponSystem(app: App, environment: Environment): CouponSystem {
  const idOf = (stack: string): string => `coupon-${environment.name}-${stack}`;
  const about = (description: string) => ({
    environment,
    description: `Limited coupons: ${description}`,
    terminationProtection: environment.name !== 'dev',
    tags: { application: 'coupon', environment: environment.name },
  });
  const network = new NetworkStack(app, idOf('network'), about('the network'));
  const { vpc } = network;
  const data = new DataStack(app, idOf('data'), { ...about('gates, log and ledger'), vpc });
  const identity =
    environment.issuer.kind === 'cognito'
      ? new IdentityStack(app, idOf('identity'), about('an issuer of tokens'))
      : undefined;
  const service = new ServiceStack(app, idOf('service'), {
    ...about('the functions and the API'),
    vpc,
    data,
    userPool: identity?.userPool,
  });
  const monitoring = new MonitoringStack(app, idOf('monitoring'), {
    ...about('alarms and dashboards'),
    service,
  });
  const logAnalytics =
    environment.logAnalytics &&
    new LogAnalyticsStack(app, idOf('log-analytics'), {
      ...about('logs to search in'),
      vpc,
      analytics: environment.logAnalytics,
      logGroups: service.logGroups,
    });
  return { network, data, identity, service, monitoring, logAnalytics };
}
