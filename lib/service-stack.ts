import { Stack, type StackProps } from 'aws-cdk-lib';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { CouponFunction } from './constructs/coupon-function.ts';
import { EveryMinute } from './constructs/every-minute.ts';
import type { Environment } from './environments.ts';
import { functions, type FunctionName } from './functions.ts';
import { variablesOf, type ServiceSettings } from './service-settings.ts';

export interface ServiceStackProps extends StackProps {
  readonly environment: Environment;
  readonly settings: ServiceSettings;
}

/** Where Lambda unpacks a bundle. */
const BUNDLE = '/var/task';

/**
 * The functions, and the schedules that invoke three of them. What they talk to comes with the data
 * stack, and so do their network, the load balancer and the event source mapping of `record`.
 */
export class ServiceStack extends Stack {
  readonly functions: Readonly<Record<FunctionName, NodejsFunction>>;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { environment, settings } = props;
    const { issue, redeem, manage, record, restore, grant, sweep, migrate } = functions;
    const deploy = (
      name: FunctionName,
      variables: Readonly<Record<string, string>>,
      folder?: string,
    ): NodejsFunction =>
      new CouponFunction(this, name, {
        environment,
        definition: functions[name],
        variables,
        folder,
      }).lambda;

    const restoring = deploy('restore', variablesOf(restore.settingNames, settings));
    const withRestore = { ...settings, restoreFunctionName: restoring.functionName };
    const granting = deploy('grant', variablesOf(grant.settingNames, withRestore));
    const withGrant = { ...settings, grantFunctionName: granting.functionName };
    this.functions = {
      restore: restoring,
      grant: granting,
      issue: deploy('issue', variablesOf(issue.settingNames, withRestore)),
      redeem: deploy('redeem', variablesOf(redeem.settingNames, withRestore)),
      manage: deploy('manage', variablesOf(manage.settingNames, withGrant)),
      record: deploy('record', variablesOf(record.settingNames, settings)),
      sweep: deploy('sweep', variablesOf(sweep.settingNames, settings)),
      migrate: deploy(
        'migrate',
        {
          ...variablesOf(migrate.settingNames, settings),
          MIGRATIONS_DIR: `${BUNDLE}/migrations`,
        },
        'db/migrations',
      ),
    };

    // They meet closed gates, and ask for them to be opened.
    restoring.grantInvoke(this.functions.issue);
    restoring.grantInvoke(this.functions.redeem);
    restoring.grantInvoke(granting);
    // It writes grants down, and has the work on them begun.
    granting.grantInvoke(this.functions.manage);
    new EveryMinute(this, 'RestoreEveryMinute', restoring);
    new EveryMinute(this, 'SweepEveryMinute', this.functions.sweep);
    new EveryMinute(this, 'GrantEveryMinute', granting);
  }
}
