import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { CouponApi } from './constructs/coupon-api.ts';
import { CouponFunction } from './constructs/coupon-function.ts';
import { DeploymentValues } from './constructs/deployment-values.ts';
import { EveryMinute } from './constructs/every-minute.ts';
import { IssuanceConsumer } from './constructs/issuance-consumer.ts';
import { LogQueries } from './constructs/log-queries.ts';
import { NotificationChannels } from './constructs/notification-channels.ts';
import { SchemaMigration } from './constructs/schema-migration.ts';
import { Tokens } from './constructs/tokens.ts';
import type { CouponUserPool } from './constructs/user-pool.ts';
import { wire } from './constructs/wiring.ts';
import type { DataStack } from './data-stack.ts';
import type { Environment } from './environments/environment.ts';
import type { FunctionName } from './functions.ts';

export interface ServiceStackProps extends StackProps {
  readonly environment: Environment;
  readonly vpc: IVpc;
  readonly data: DataStack;
  /** Where the environment has no issuer of its own. */
  readonly userPool?: CouponUserPool | undefined;
}

/** The functions, and what invokes them: the load balancer, the log, the clock and the deployment. */
export class ServiceStack extends Stack {
  readonly functions: Readonly<Record<FunctionName, CouponFunction>>;
  readonly api: CouponApi;
  readonly consumer: IssuanceConsumer;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { environment, vpc, data, userPool } = props;
    const values = new DeploymentValues(this, 'Values', environment.installation);
    const tokens = new Tokens(environment, values, userPool);
    const create = (name: FunctionName): CouponFunction =>
      new CouponFunction(this, name, { environment, vpc });
    this.functions = {
      issue: create('issue'),
      redeem: create('redeem'),
      manage: create('manage'),
      record: create('record'),
      restore: create('restore'),
      grant: create('grant'),
      sweep: create('sweep'),
      check: create('check'),
      notify: create('notify'),
      migrate: create('migrate'),
    };
    wire(this.functions, { environment, data, tokens });

    const { migrate, record, restore, sweep, grant, check, notify, ...answering } = this.functions;
    new SchemaMigration(this, 'SchemaMigration', migrate, [
      ...Object.values(answering),
      record,
      restore,
      sweep,
      grant,
      check,
      notify,
    ]);
    this.consumer = new IssuanceConsumer(this, 'Consumer', {
      environment,
      recorder: record,
      stream: data.stream,
    });
    new LogQueries(this, 'LogQueries', environment.name, this.functions);
    const channels = new NotificationChannels(this, 'Notifications', {
      environment,
      key: data.key,
    });
    channels.serve(record);
    channels.serve(notify);
    channels.announce(answering.manage);
    new EveryMinute(this, 'RestoreEveryMinute', restore);
    new EveryMinute(this, 'SweepEveryMinute', sweep);
    new EveryMinute(this, 'GrantEveryMinute', grant);
    new EveryMinute(this, 'CheckEveryMinute', check);
    new EveryMinute(this, 'NotifyEveryMinute', notify);
    this.api = new CouponApi(this, 'Api', {
      environment,
      vpc,
      functions: answering,
      certificateArn: () => values.get('certificateArn'),
      tokens,
    });
    this.tell(values, environment, userPool);
  }

  /** By the names of the functions. */
  get logGroups(): Readonly<Record<string, ILogGroup>> {
    const entries = Object.entries(this.functions);
    return Object.fromEntries(entries.map(([name, { lambda }]) => [name, lambda.logGroup]));
  }

  /** What whoever has deployed it wants to know next. */
  private tell(
    values: DeploymentValues,
    { api }: Environment,
    userPool: CouponUserPool | undefined,
  ): void {
    const { loadBalancerDnsName } = this.api.loadBalancer;
    const url =
      api.https === 'none' ? `http://${loadBalancerDnsName}` : `https://${values.get('domain')}`;
    new CfnOutput(this, 'ApiUrl', { value: url });
    new CfnOutput(this, 'LoadBalancer', {
      value: loadBalancerDnsName,
      description: 'Where the name of the API has to lead: a CNAME or an alias',
    });
    const token =
      userPool === undefined
        ? ''
        : `COUPON_TOKEN_URL=${userPool.tokenEndpoint} COUPON_CLIENT_ID=${userPool.client.userPoolClientId} `;
    new CfnOutput(this, 'SmokeTest', {
      value: `${token}COUPON_API=${url} npm run -s smoke`,
      description: 'From a checkout: opens a coupon, claims it, and waits until it is issued',
    });
  }
}
