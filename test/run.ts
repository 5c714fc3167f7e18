/**
 * `npm test`: starts real servers on free ports in a folder of its own, runs jest against them,
 * stops them, and ends with the line `N passed, N failed`. Arguments go to jest: files, `-t name`.
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

interface Round {
  readonly projects: readonly string[];
  /** Test files at the same time. */
  readonly workers: number;
}

/** What is not asked for by its own script. */
const ROUNDS: readonly Round[] = [
  { projects: ['fast', 'infra'], workers: 2 },
  { projects: ['servers'], workers: 1 },
  { projects: ['stacks'], workers: 2 },
];

interface JestResults {
  readonly numTotalTestSuites: number;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

const interrupted = new AbortController();

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
      '--passWithNoTests',
      '--json',
      `--outputFile=${results}`,
      ...args,
    ],
    // The results' JSON goes to the file; on stdout it would bury the report.
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...environment } },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      interrupted.abort();
      jest.kill(signal);
    });
  }
  const exited = once(jest, 'exit') as Promise<[number | null]>;
  const over = new AbortController();
  const [code] = await Promise.race([exited, leak(results, over.signal)]);
  over.abort();
  if (code === null) jest.kill('SIGKILL');
  return code ?? 1;
}

const GRACE_MS = 20_000;

/** Resolves when the tests are over for some time: a test that leaks a handle keeps jest alive. */
async function leak(results: string, over: AbortSignal): Promise<[null]> {
  while (!existsSync(results)) await sleep(1_000, undefined, { ref: false });
  await sleep(GRACE_MS, undefined, { ref: false });
  if (!over.aborted) console.error('jest does not end: a test leaks a handle');
  return [null];
}

/** Nothing is counted, and nothing written, of a round that the arguments leave nothing of. */
async function countsOf(results: string): Promise<Counts> {
  if (!existsSync(results)) return { files: 0, passed: 0, failed: 0, skipped: 0 };
  const json = JSON.parse(await readFile(results, 'utf8')) as JestResults;
  return {
    files: json.numTotalTestSuites,
    passed: json.numPassedTests,
    // A file that could not be run is a failure of its own.
    failed: json.numFailedTests + json.numRuntimeErrorTestSuites,
    skipped: json.numPendingTests,
  };
}

interface Counts {
  readonly files: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function sum(counts: readonly Counts[], of: keyof Counts): number {
  return counts.reduce((total, count) => total + count[of], 0);
}

function closingLine(counts: readonly Counts[]): string {
  const skipped = sum(counts, 'skipped');
  const line = `${sum(counts, 'passed')} passed, ${sum(counts, 'failed')} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

const given = process.argv.slice(2);
const rounds = given.includes('--selectProjects') ? [{ projects: [], workers: 1 }] : ROUNDS;
const folder = await mkdtemp(join(tmpdir(), 'coupon-test-'));
const counts: Counts[] = [];
let exitCode = 0;
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
    for (const [i, { projects, workers }] of rounds.entries()) {
      if (interrupted.signal.aborted) break;
      const results = join(folder, `results-${i}.json`);
      const select = projects.length === 0 ? [] : ['--selectProjects', ...projects];
      const args = [...given, `--maxWorkers=${workers}`, ...select];
      exitCode = Math.max(exitCode, await runJest(args, environment, results));
      counts.push(await countsOf(results));
    }
  } finally {
    await servers.stop();
  }
  if (sum(counts, 'files') === 0) {
    console.error('no test file is called so');
    exitCode = 1;
  }
  console.log(closingLine(counts));
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(exitCode);
