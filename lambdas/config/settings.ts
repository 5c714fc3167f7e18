/**
 * Every setting that functions get from their environment, and the variable that carries it. Each
 * function lists in its `config.ts` those it needs; whoever deploys it reads that list.
 */
export const VARIABLES = {
  valkeyUrl: 'VALKEY_URL',
  /** Comma separated `host:port`. */
  brokers: 'KAFKA_BROKERS',
  topic: 'KAFKA_TOPIC',
  /** The consumer group of the record function's event source mapping. */
  recordGroup: 'KAFKA_GROUP',
  /** The application's user. */
  databaseUrl: 'DATABASE_URL',
  /** The owner of the schema. */
  migrationDatabaseUrl: 'MIGRATION_DATABASE_URL',
  issuer: 'JWT_ISSUER',
  audience: 'JWT_AUDIENCE',
  jwksUri: 'JWT_JWKS_URI',
  issuanceIdSecret: 'ISSUANCE_ID_SECRET',
  restoreFunctionName: 'RESTORE_FUNCTION_NAME',
  grantFunctionName: 'GRANT_FUNCTION_NAME',
} as const;

export type SettingName = keyof typeof VARIABLES;

export type Settings<Name extends SettingName> = Readonly<Record<Name, string>>;

/**
 * Reads settings from the environment, and names all that are missing at once.
 *
 * @throws Error naming the missing variables
 */
export function readSettings<Name extends SettingName>(
  environment: NodeJS.ProcessEnv,
  names: readonly Name[],
): Settings<Name> {
  const missing = names.filter((name) => (environment[VARIABLES[name]] ?? '') === '');
  if (missing.length > 0) {
    const variables = missing.map((name) => VARIABLES[name]).join(', ');
    throw new Error(`missing environment variables: ${variables}`);
  }
  return Object.fromEntries(
    names.map((name) => [name, environment[VARIABLES[name]]]),
  ) as unknown as Settings<Name>;
}
