import { Stack, type StackProps } from 'aws-cdk-lib';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { CouponFunction, type Copies } from './constructs/coupon-function.ts';
import { EveryMinute } from './constructs/every-minute.ts';
import type { Environment } from './environments.ts';
import { functions, type FunctionDefinition, type FunctionName } from './functions.ts';
import { optionalVariables, variablesOf, type ServiceSettings } from './service-settings.ts';

export interface ServiceStackProps extends StackProps {
  readonly environment: Environment;
  readonly settings: ServiceSettings;
}

/** Where Lambda unpacks a bundle. */
const BUNDLE = '/var/task';

/** The API's document, and what its page consists of. */
const DOCS = [
  'docs/openapi.json',
  'node_modules/swagger-ui-dist/swagger-ui.css',
  'node_modules/swagger-ui-dist/swagger-ui-bundle.js',
];

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
      copies: readonly Copies[] = [],
    ): NodejsFunction => {
      const definition: FunctionDefinition = functions[name];
      const optional = optionalVariables(definition.optionalSettingNames ?? [], environment);
      return new CouponFunction(this, name, {
        environment,
        definition,
        variables: { ...variables, ...optional },
        copies,
      }).lambda;
    };

    const restoring = deploy('restore', variablesOf(restore.settingNames, settings));
    const withRestore = { ...settings, restoreFunctionName: restoring.functionName };
    const granting = deploy('grant', variablesOf(grant.settingNames, withRestore));
    const withInvocations = { ...withRestore, grantFunctionName: granting.functionName };
    this.functions = {
      restore: restoring,
      grant: granting,
      issue: deploy('issue', variablesOf(issue.settingNames, withRestore)),
      redeem: deploy('redeem', variablesOf(redeem.settingNames, withRestore)),
      manage: deploy(
        'manage',
        { ...variablesOf(manage.settingNames, withInvocations), DOCS_DIR: `${BUNDLE}/docs` },
        [{ paths: DOCS, to: 'docs' }],
      ),
      record: deploy('record', variablesOf(record.settingNames, settings)),
      sweep: deploy('sweep', variablesOf(sweep.settingNames, settings)),
      migrate: deploy(
        'migrate',
        {
          ...variablesOf(migrate.settingNames, settings),
          MIGRATIONS_DIR: `${BUNDLE}/migrations`,
        },
        [{ paths: ['db/migrations/.'], to: 'migrations' }],
      ),
    };

    // They meet closed gates, and ask for them to be opened.
    restoring.grantInvoke(this.functions.issue);
    restoring.grantInvoke(this.functions.redeem);
    restoring.grantInvoke(this.functions.manage);
    restoring.grantInvoke(granting);
    // It writes grants down, and has the work on them begun.
    granting.grantInvoke(this.functions.manage);
    new EveryMinute(this, 'RestoreEveryMinute', restoring);
    new EveryMinute(this, 'SweepEveryMinute', this.functions.sweep);
    new EveryMinute(this, 'GrantEveryMinute', granting);
  }
}
