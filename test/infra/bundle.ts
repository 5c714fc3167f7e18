import { spawnSync } from 'node:child_process';
import { VARIABLES } from '../../lambdas/config/settings.ts';
import type { DeployedBundle } from '../../bench/bundles/bundles.ts';
import { functions, type FunctionDefinition } from '../../lib/functions.ts';
import type { Assembly } from './assembly.ts';
import { propertiesOf } from './service-parts.ts';

/** A function's bundle, and what it is to know. */
export interface Bundle extends DeployedBundle {
  /** As in the local stack, with addresses where nobody is. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface Run {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

const NOWHERE = '127.0.0.1:1';

/** Nothing listens at these addresses. */
const EXAMPLES: Readonly<Record<string, string>> = {
  VALKEY_URL: `redis://${NOWHERE}`,
  KAFKA_BROKERS: NOWHERE,
  KAFKA_TOPIC: 'topic',
  KAFKA_GROUP: 'group',
  DATABASE_URL: `postgres://user:password@${NOWHERE}/database`,
  MIGRATION_DATABASE_URL: `postgres://user:password@${NOWHERE}/database`,
  JWT_ISSUER: `https://${NOWHERE}`,
  JWT_AUDIENCE: 'audience',
  JWT_JWKS_URI: `https://${NOWHERE}/jwks`,
  ISSUANCE_ID_SECRET: 'a secret of the tests, and long enough',
  RESTORE_FUNCTION_NAME: 'restore',
  GRANT_FUNCTION_NAME: 'grant',
};

/** What Lambda sets by itself. */
const OF_THE_RUNTIME = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'example',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_SESSION_TOKEN: 'example',
};

/** @param assembly of which the bundle was made */
export function withVariables(bundle: DeployedBundle, assembly: Assembly): Bundle {
  const { name } = bundle;
  const { Environment } = propertiesOf(assembly, name);
  const { settingNames }: FunctionDefinition = functions[name];
  const asked = settingNames.map((setting) => {
    const variable = VARIABLES[setting];
    const example = EXAMPLES[variable];
    if (example === undefined) throw new Error(`no example for ${variable}`);
    return [variable, example] as const;
  });
  const ofEveryFunction = Object.entries(Environment.Variables).filter(
    (entry): entry is [string, string] => /^(POWERTOOLS|NODE|DOCS|MIGRATIONS)_/.test(entry[0]),
  );
  return {
    ...bundle,
    variables: { ...OF_THE_RUNTIME, ...Object.fromEntries([...asked, ...ofEveryFunction]) },
  };
}

/** Runs a script in the bundle's folder, in a new process that knows these variables only. */
export function runBeside(
  { folder }: Bundle,
  script: string,
  variables: Readonly<Record<string, string>>,
): Run {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { cwd: folder, env: variables, encoding: 'utf8', timeout: 30_000 },
  );
  return { exitCode: status, output: stdout, errors: stderr };
}
