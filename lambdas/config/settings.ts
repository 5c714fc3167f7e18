/**
 * Every setting that functions get from their environment, and the variable that carries it. Each
 * function lists in its `config.ts` those it needs; whoever deploys it reads that list.
 */
export const VARIABLES = {
  /** On AWS `rediss://<user>@<host>:6379`. */
  valkeyUrl: 'VALKEY_URL',
  /** `true`: the address is that of a cluster. */
  valkeyCluster: 'VALKEY_CLUSTER',
  /** Id of the replication group at which the URL's user signs in with IAM. */
  valkeyIamCache: 'VALKEY_IAM_CACHE',
  /** Comma separated `host:port`. */
  brokers: 'KAFKA_BROKERS',
  /** Of an MSK cluster, whose brokers are looked up and take IAM sign-ins. */
  clusterArn: 'KAFKA_CLUSTER_ARN',
  topic: 'KAFKA_TOPIC',
  /** The consumer group of the record function's event source mapping. */
  recordGroup: 'KAFKA_GROUP',
  /** The application's user. */
  databaseUrl: 'DATABASE_URL',
  /** `true`: the URL has no password, its user signs in with IAM. */
  databaseIam: 'DATABASE_IAM',
  /**
   * Certificates by which the database's is checked; without it they are Node's own, and the
   * connection is plain where no sign-in with IAM asks for more.
   */
  databaseCaFile: 'DATABASE_CA_FILE',
  /** The owner of the schema. */
  migrationDatabaseUrl: 'MIGRATION_DATABASE_URL',
  /** Of the secret with that owner's name and password. */
  migrationSecretArn: 'MIGRATION_SECRET_ARN',
  issuer: 'JWT_ISSUER',
  audience: 'JWT_AUDIENCE',
  jwksUri: 'JWT_JWKS_URI',
  /** How the issuer's tokens say what they say, as JSON: `config/claim-mapping.ts`. */
  claims: 'JWT_CLAIMS',
  issuanceIdSecret: 'ISSUANCE_ID_SECRET',
  /** Of the secret whose text it is. */
  issuanceIdSecretArn: 'ISSUANCE_ID_SECRET_ARN',
  restoreFunctionName: 'RESTORE_FUNCTION_NAME',
  /** Comma separated, or `*`: the origins whose pages may call from a browser. */
  corsOrigins: 'CORS_ORIGINS',
  grantFunctionName: 'GRANT_FUNCTION_NAME',
  /** Comma separated: the ways by which people are told here; none without it. */
  notifyChannels: 'NOTIFY_CHANNELS',
  /** `ko` or `en`: what Slack and SNS are told in; English without it. */
  operatorLanguage: 'NOTIFY_OPERATOR_LANGUAGE',
  /** The address that e-mails come from. */
  mailFrom: 'NOTIFY_MAIL_FROM',
  mailConfigurationSet: 'NOTIFY_MAIL_CONFIGURATION_SET',
  snsTopicArn: 'NOTIFY_TOPIC_ARN',
  /** An incoming webhook's address, by which anybody may post. */
  slackWebhook: 'SLACK_WEBHOOK_URL',
  /** Of the secret whose text it is; so are the next two. */
  slackWebhookArn: 'SLACK_WEBHOOK_SECRET_ARN',
  /** Where the shop's own systems are told. */
  shopWebhookUrl: 'SHOP_WEBHOOK_URL',
  /** `whsec_…`, several with spaces between them while they are rotated. */
  shopWebhookSecrets: 'SHOP_WEBHOOK_SECRETS',
  shopWebhookSecretArn: 'SHOP_WEBHOOK_SECRET_ARN',
  /** The shop's user service, without the user's id. */
  userServiceUrl: 'USER_SERVICE_URL',
  userServiceToken: 'USER_SERVICE_TOKEN',
  userServiceTokenArn: 'USER_SERVICE_TOKEN_SECRET_ARN',
  /** `true`: the channels are stand-ins, at http addresses of this machine. */
  notifyStandIns: 'NOTIFY_STAND_INS',
  /** Messages a second, in place of the usual: `email=50,webhook=200`. */
  notifyRates: 'NOTIFY_RATES',
} as const;

export type SettingName = keyof typeof VARIABLES;

/** What may be given in place of a setting: where it is to be found on AWS. */
const INSTEAD = {
  brokers: 'clusterArn',
  issuanceIdSecret: 'issuanceIdSecretArn',
} as const satisfies Partial<Record<SettingName, SettingName>>;

type Replaceable = keyof typeof INSTEAD;
type Replacement<Name> = Name extends Replaceable ? (typeof INSTEAD)[Name] : never;

/** Of a setting and what may be in its place, one is there. */
export type Settings<Name extends SettingName, Optional extends SettingName = never> = Readonly<
  Record<Exclude<Name, Replaceable>, string> &
    Record<Extract<Name, Replaceable> | Replacement<Name> | Optional, string | undefined>
>;

/** What a function that can reach Valkey, or the database, may be told besides. */
export const VALKEY_OPTIONS = ['valkeyCluster', 'valkeyIamCache'] as const;
export const DATABASE_OPTIONS = ['databaseIam', 'databaseCaFile'] as const;
/** What a function that sends notifications may be told. */
export const CHANNEL_OPTIONS = [
  'notifyChannels',
  'notifyRates',
  'operatorLanguage',
  'mailFrom',
  'mailConfigurationSet',
  'snsTopicArn',
  'slackWebhook',
  'slackWebhookArn',
  'shopWebhookUrl',
  'shopWebhookSecrets',
  'shopWebhookSecretArn',
  'userServiceUrl',
  'userServiceToken',
  'userServiceTokenArn',
  'notifyStandIns',
] as const;

/** The variable by which a setting is asked for, with the one that may be given in its place. */
export function variableOf(name: SettingName): string {
  const instead = insteadOf(name);
  const variable = VARIABLES[name];
  return instead === undefined ? variable : `${variable} or ${VARIABLES[instead]}`;
}

/** The setting that may be given in place of this one. */
function insteadOf(name: SettingName): SettingName | undefined {
  const all: Readonly<Partial<Record<SettingName, SettingName>>> = INSTEAD;
  return all[name];
}

/**
 * Reads settings from the environment, and names all that are missing at once.
 *
 * @param optional may be missing or empty, which is the same
 * @throws Error naming the missing variables
 */
export function readSettings<Name extends SettingName, Optional extends SettingName = never>(
  environment: NodeJS.ProcessEnv,
  names: readonly Name[],
  optional: readonly Optional[] = [],
): Settings<Name, Optional> {
  const valueOf = (name: SettingName): string | undefined => {
    const value = environment[VARIABLES[name]];
    return value === '' ? undefined : value;
  };
  const replacements = names.flatMap((name) => insteadOf(name) ?? []);
  const isMissing = (name: SettingName): boolean => {
    const instead = insteadOf(name);
    return valueOf(name) === undefined && (instead === undefined || valueOf(instead) === undefined);
  };
  const missing = names.filter(isMissing);
  if (missing.length > 0) {
    throw new Error(`missing environment variables: ${missing.map(variableOf).join(', ')}`);
  }
  return Object.fromEntries(
    [...names, ...replacements, ...optional].map((name) => [name, valueOf(name)]),
  ) as unknown as Settings<Name, Optional>;
}
