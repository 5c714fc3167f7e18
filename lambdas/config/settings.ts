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
  /** Certificates by which the database's is checked; without it the connection is plain. */
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
} as const;

export type SettingName = keyof typeof VARIABLES;

export type Settings<Name extends SettingName, Optional extends SettingName = never> = Readonly<
  Record<Name, string> & Record<Optional, string | undefined>
>;

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
  const missing = names.filter((name) => valueOf(name) === undefined);
  if (missing.length > 0) {
    const variables = missing.map((name) => VARIABLES[name]).join(', ');
    throw new Error(`missing environment variables: ${variables}`);
  }
  return Object.fromEntries(
    [...names, ...optional].map((name) => [name, valueOf(name)]),
  ) as unknown as Settings<Name, Optional>;
}
