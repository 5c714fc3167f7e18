import { Stack } from 'aws-cdk-lib';
import { CfnWorkspace } from 'aws-cdk-lib/aws-grafana';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Environment } from '../environments/environment.ts';
import { accept } from './accepted.ts';

/** A Grafana that AWS runs; the dashboards of docs/grafana are imported into it by hand, once. */
export class ManagedGrafana extends Construct {
  readonly endpoint: string;

  constructor(scope: Construct, id: string, { name }: Environment, signIn: string) {
    super(scope, id);
    const { account, partition, region } = Stack.of(this);
    const role = new Role(this, 'Role', {
      description: `Grafana of coupon ${name}: reads metrics, and nothing else`,
      assumedBy: new ServicePrincipal('grafana.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          StringLike: {
            'aws:SourceArn': `arn:${partition}:grafana:${region}:${account}:/workspaces/*`,
          },
        },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: [
          'cloudwatch:GetMetricData',
          'cloudwatch:ListMetrics',
          'cloudwatch:DescribeAlarms',
        ],
        resources: ['*'],
      }),
    );
    accept(role, { 'IAM5[Resource::*]': 'CloudWatch knows no resources for reading metrics' });
    const workspace = new CfnWorkspace(this, 'Workspace', {
      name: `coupon-${name}`,
      description: 'Event and system view of the coupons',
      accountAccessType: 'CURRENT_ACCOUNT',
      authenticationProviders: [signIn],
      permissionType: 'CUSTOMER_MANAGED',
      dataSources: ['CLOUDWATCH'],
      roleArn: role.roleArn,
    });
    this.endpoint = workspace.attrEndpoint;
  }
}
