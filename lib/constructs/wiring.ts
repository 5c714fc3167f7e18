import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { SettingName } from '../../lambdas/config/settings.ts';
import type { DataStack } from '../data-stack.ts';
import type { Environment } from '../environments/environment.ts';
import { functions, type FunctionDefinition, type FunctionName } from '../functions.ts';
import type { CouponFunction } from './coupon-function.ts';
import type { Tokens } from './tokens.ts';

export interface Surroundings {
  readonly environment: Environment;
  readonly data: DataStack;
  readonly tokens: Tokens;
}

type All = Readonly<Record<FunctionName, CouponFunction>>;

/** Lets each function reach what its config asks to know, and tells it: no more, and no less. */
export function wire(all: All, surroundings: Surroundings): void {
  const { data, tokens, environment } = surroundings;
  const { cache, stream, database, issuanceIdSecret } = data;
  const ways: Partial<Record<SettingName, (caller: CouponFunction) => void>> = {
    valkeyUrl: (caller) => {
      cache.serve(caller);
    },
    databaseUrl: (caller) => {
      database.serve(caller);
    },
    migrationDatabaseUrl: (caller) => {
      database.letMigrate(caller);
    },
    issuanceIdSecret: (caller) => {
      issuanceIdSecret.serve(caller);
    },
    issuer: (caller) => {
      tokens.serve(caller);
    },
    restoreFunctionName: (caller) => {
      letInvoke(caller, 'restoreFunctionName', all.restore);
    },
    grantFunctionName: (caller) => {
      letInvoke(caller, 'grantFunctionName', all.grant);
    },
  };
  for (const [name, caller] of Object.entries(all) as [FunctionName, CouponFunction][]) {
    const { settingNames, answersUsers }: FunctionDefinition = functions[name];
    for (const setting of settingNames) ways[setting]?.(caller);
    // Who asks for the group reads where it has come to; who does not publishes.
    if (settingNames.includes('recordGroup')) stream.letReadPositions(caller);
    else if (settingNames.includes('brokers')) stream.letPublish(caller);
    const { corsOrigins } = environment;
    if (answersUsers && corsOrigins.length > 0) caller.tell('corsOrigins', corsOrigins.join(','));
  }
}

function letInvoke(caller: CouponFunction, setting: SettingName, target: CouponFunction): void {
  caller.tell(setting, target.lambda.functionName);
  caller.allow(
    new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [target.lambda.functionArn],
    }),
  );
  caller.reachAws();
}
