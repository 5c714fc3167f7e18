/**
 * `npm test`: starts real servers on free ports in a folder of its own, runs jest against them,
 * stops them, and ends with the line `N passed, N failed`. Arguments go to jest.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServers } from '../local/servers/start.ts';
import { SERVERS_VARIABLE } from './support/servers.ts';

const JEST = 'node_modules/jest/bin/jest.js';

/** What is not asked for by its own script. */
const PROJECTS = ['fast', 'infra', 'servers'];

interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

async function runJest(
  args: readonly string[],
  environment: Record<string, string>,
  results: string,
): Promise<number> {
  const jest = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      JEST,
      '--runInBand',
      '--json',
      `--outputFile=${results}`,
      ...args,
    ],
    // The results' JSON goes to the file; on stdout it would bury the report.
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...environment } },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => jest.kill(signal));
  const exited = once(jest, 'exit') as Promise<[number | null]>;
  const [code] = await Promise.race([exited, leak(results)]);
  if (code === null) jest.kill('SIGKILL');
  return code ?? 1;
}

const GRACE_MS = 20_000;

/** Resolves when the tests are over for some time: a test that leaks a handle keeps jest alive. */
async function leak(results: string): Promise<[null]> {
  while (!existsSync(results)) await sleep(1_000, undefined, { ref: false });
  await sleep(GRACE_MS, undefined, { ref: false });
  console.error('jest does not end: a test leaks a handle');
  return [null];
}

async function closingLine(results: string): Promise<string> {
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(
    await readFile(results, 'utf8'),
  ) as JestResults;
  // A file that could not be run is a failure of its own.
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
  return `${numPassedTests} passed, ${failed} failed${skipped}`;
}

const given = process.argv.slice(2);
const args = given.includes('--selectProjects')
  ? given
  : [...given, '--selectProjects', ...PROJECTS];
const folder = await mkdtemp(join(tmpdir(), 'coupon-test-'));
const results = join(folder, 'results.json');
let exitCode = 1;
try {
  const servers = await startServers({
    stateDir: join(folder, 'state'),
    issuerPort: 0,
    audience: 'coupon-api',
    progress: (line) => {
      console.error(line);
    },
  });
  try {
    const environment = { [SERVERS_VARIABLE]: JSON.stringify(servers.endpoints) };
    exitCode = await runJest(args, environment, results);
  } finally {
    await servers.stop();
  }
  console.log(await closingLine(results));
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(exitCode);
