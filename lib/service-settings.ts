import { CfnDynamicReference, CfnDynamicReferenceService } from 'aws-cdk-lib';
import { VARIABLES, type SettingName } from '../lambdas/config/settings.ts';
import type { Environment } from './environments.ts';

/**
 * What the functions must be told and is stored; the names of functions that they invoke are the
 * stack's own, the origins are the environment's.
 */
export type ServiceSettings = Readonly<
  Record<
    | 'valkeyUrl'
    | 'brokers'
    | 'topic'
    | 'recordGroup'
    | 'databaseUrl'
    | 'migrationDatabaseUrl'
    | 'issuer'
    | 'audience'
    | 'jwksUri'
    | 'issuanceIdSecret',
    string
  >
>;

const { SSM, SECRETS_MANAGER } = CfnDynamicReferenceService;

/** Secret is also what may hold a password: the URLs. */
const STORES = {
  valkeyUrl: SECRETS_MANAGER,
  brokers: SSM,
  topic: SSM,
  recordGroup: SSM,
  databaseUrl: SECRETS_MANAGER,
  migrationDatabaseUrl: SECRETS_MANAGER,
  issuer: SSM,
  audience: SSM,
  jwksUri: SSM,
  issuanceIdSecret: SECRETS_MANAGER,
} as const satisfies Record<keyof ServiceSettings, CfnDynamicReferenceService>;

/**
 * Settings stored by hand before the first deployment, as parameters and secrets with names like
 * `/coupon/dev/kafka-brokers`. The template refers to them and holds none.
 *
 * CloudFormation reads a value when it changes the function, not when the value alone has changed,
 * and writes it into the function's configuration: whoever may read that, reads the secret. That
 * does for a first environment. The stack that will create cache, brokers and database supplies
 * addresses instead of these, and IAM users instead of passwords.
 */
export function storedSettings(environmentName: string): ServiceSettings {
  const reference = (setting: keyof ServiceSettings): string => {
    const name = VARIABLES[setting].toLowerCase().replaceAll('_', '-');
    const key = `/coupon/${environmentName}/${name}`;
    return new CfnDynamicReference(STORES[setting], key).toString();
  };
  const names = Object.keys(STORES) as (keyof ServiceSettings)[];
  return Object.fromEntries(
    names.map((setting) => [setting, reference(setting)]),
  ) as unknown as ServiceSettings;
}

/** The environment of a function that reads these settings. */
export function variablesOf<Name extends SettingName>(
  names: readonly Name[],
  settings: Readonly<Record<Name, string>>,
): Record<string, string> {
  return Object.fromEntries(names.map((name) => [VARIABLES[name], settings[name]]));
}

/** Those that this environment has a value for. */
export function optionalVariables(
  names: readonly SettingName[],
  { corsOrigins }: Environment,
): Record<string, string> {
  if (!names.includes('corsOrigins') || corsOrigins.length === 0) return {};
  return { [VARIABLES.corsOrigins]: corsOrigins.join(',') };
}
