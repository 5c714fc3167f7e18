import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { makeBundles } from '../../bench/bundles/bundles.ts';
import { bundlesDocument } from '../../bench/bundles/document.ts';
import { VARIABLES, variableOf } from '../../lambdas/config/settings.ts';
import { functions, type FunctionName } from '../../lib/functions.ts';
import { testServers } from '../support/servers.ts';
import { Assembly } from './assembly.ts';
import { runBeside, withVariables, type Bundle } from './bundle.ts';

/** A toy handler took 613 KB; what is above this makes every cold start of a spike longer. */
const MOST_BYTES = 800_000;

const IMPORT = `
  const begun = performance.now();
  const { handler } = await import('./index.mjs');
  const ms = performance.now() - begun;
  console.log(JSON.stringify({ ms, handler: typeof handler }));
  process.exit();
`;

const MIGRATE = `
  const { handler } = await import('./index.mjs');
  console.log(JSON.stringify(await handler({})));
  process.exit();
`;

const folder = mkdtempSync(join(tmpdir(), 'coupon-bundles-'));
const made = await makeBundles(folder);
const assembly = new Assembly('dev', join(folder, 'cdk.out'));
const report: string[] = [];

afterAll(() => {
  rmSync(folder, { recursive: true });
  process.stderr.write(`${['bundle         size  import', ...report].join('\n')}\n`);
});

function bundleOf(name: FunctionName): Bundle {
  const found = made.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no bundle of ${name}`);
  return withVariables(found, assembly);
}

/** Returns how long it took, in milliseconds. */
function importAlone(bundle: Bundle): number {
  const { exitCode, output, errors } = runBeside(bundle, IMPORT, bundle.variables);
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  const { ms, handler } = JSON.parse(output) as { ms: number; handler: string };
  expect(handler).toBe('function');
  return ms;
}

describe.each(made.map(({ name }) => name))('the bundle of %s', (name) => {
  const bundle = bundleOf(name);

  test(`has at most ${MOST_BYTES / 1000} KB`, () => {
    expect(bundle.bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  test('can be imported alone, without any server', () => {
    const imports = [1, 2, 3].map(() => importAlone(bundle));
    const kilobytes = (bundle.bytes / 1000).toFixed(0);
    const ms = Math.min(...imports).toFixed(0);
    report.push(`${name.padEnd(10)} ${kilobytes.padStart(5)} KB  ${ms.padStart(3)} ms`);
  });

  test('names each variable that is not set', () => {
    const { exitCode, errors } = runBeside(bundle, IMPORT, {});
    const missing = functions[name].settingNames.map(variableOf);
    expect(exitCode).toBe(1);
    expect(errors).toContain(`Error: missing environment variables: ${missing.join(', ')}\n`);
  });
});

test('docs/bundles.md says what is in each bundle; npm run bundles writes it', async () => {
  expect(await bundlesDocument(made)).toBe(readFileSync('docs/bundles.md', 'utf8'));
});

test('the bundle of migrate brings an empty database up to date, and lets its user sign in by IAM where RDS has it', async () => {
  const bundle = bundleOf('migrate');
  const name = 'test_migrate_bundle';
  const url = new URL(testServers().databaseAdminUrl);
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE ${name}`);
    await admin.query('CREATE ROLE rds_iam');
    url.pathname = name;
    const run = runBeside(bundle, MIGRATE, {
      ...bundle.variables,
      [VARIABLES.migrationDatabaseUrl]: url.href,
      // On AWS the bundle lies in /var/task.
      MIGRATIONS_DIR: join(bundle.folder, 'migrations'),
    });
    if (run.exitCode !== 0) throw new Error(run.errors);
    const { migrated } = JSON.parse(run.output) as { migrated: string[] };
    expect(migrated.map((migration) => `${migration}.sql`)).toEqual(readdirSync('db/migrations'));
    const { rows } = await admin.query(
      "SELECT pg_has_role('coupon_app', 'rds_iam', 'member') AS is",
    );
    expect(rows).toEqual([{ is: true }]);
  } finally {
    await admin.query(`DROP DATABASE IF EXISTS ${name}`);
    await admin.query('DROP ROLE IF EXISTS rds_iam');
    await admin.end();
  }
});

const READ_DOCS = `
  const { handler } = await import('./index.mjs');
  const get = (path) => handler({ httpMethod: 'GET', path, multiValueHeaders: {}, body: '' }, {});
  const page = await get('/docs');
  const paths = ['/openapi.json', ...[...page.body.matchAll(/"(.docs.[^"]+)"/g)].map((m) => m[1])];
  const replies = await Promise.all(paths.map(get));
  console.log(JSON.stringify([page, ...replies].map(({ statusCode, body }) => [statusCode, body.length])));
  process.exit();
`;

test('the bundle of manage has the document and its page, in replies that the load balancer takes', () => {
  const bundle = bundleOf('manage');
  const run = runBeside(bundle, READ_DOCS, {
    ...bundle.variables,
    // On AWS the bundle lies in /var/task.
    DOCS_DIR: join(bundle.folder, 'docs'),
  });
  if (run.exitCode !== 0) throw new Error(run.errors);
  // The lines of the requests come first.
  const [result = ''] = run.output.trim().split('\n').slice(-1);
  const replies = JSON.parse(result) as [status: number, length: number][];
  expect(replies.map(([status]) => status)).toEqual([200, 200, 200, 200, 200]);
  for (const [, length] of replies) expect(length).toBeLessThan(950_000);
});
