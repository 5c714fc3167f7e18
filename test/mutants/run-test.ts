import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endLeftovers } from '../../local/servers/leftovers.ts';
import { openStateDir } from '../../local/state.ts';
import { patternOf, type NamedTest } from './mutation.ts';
import { outcomeOf, type JestReport, type Outcome } from './verdict.ts';

const JEST = 'node_modules/jest/bin/jest.js';

/** A test that fails halfway may leave what keeps jest alive; its report is written by then. */
const GRACE_MS = 3_000;
/** The longest test takes some two minutes, its servers' start included. */
const PATIENCE_MS = 300_000;
const POLL_MS = 50;

/**
 * Runs one test in the tree at `root`.
 *
 * @param variables of the environment, besides this process' own
 * @param signal ends it at once
 */
export async function runTest(
  root: string,
  test: NamedTest,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Outcome> {
  const temporary = join(root, 'tmp');
  await mkdir(temporary);
  const report = join(temporary, 'report.json');
  const jest = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      JEST,
      '--runInBand',
      '--json',
      `--outputFile=${report}`,
      `--cacheDirectory=${join(root, '.jest-cache')}`,
      `--testNamePattern=${patternOf(test)}`,
      '--runTestsByPath',
      test.file,
    ],
    {
      cwd: root,
      stdio: 'ignore',
      // In a group of its own, which ends as a whole.
      detached: true,
      env: { ...process.env, ...variables, TMPDIR: temporary },
    },
  );
  try {
    await ended(jest, report, signal);
    if (!existsSync(report)) return { kind: 'not judged', why: 'jest wrote no report' };
    return outcomeOf(JSON.parse(await readFile(report, 'utf8')) as JestReport);
  } finally {
    endGroup(jest.pid);
    await endServers(temporary);
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Waits until jest has ended, or will end no more. */
async function ended(jest: ChildProcess, report: string, signal: AbortSignal): Promise<void> {
  const begun = performance.now();
  let reportedAt: number | undefined;
  while (jest.exitCode === null && jest.signalCode === null) {
    signal.throwIfAborted();
    const now = performance.now();
    if (existsSync(report)) reportedAt ??= now;
    if (reportedAt !== undefined && now - reportedAt > GRACE_MS) return;
    if (now - begun > PATIENCE_MS) return;
    await sleep(POLL_MS);
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined || pid <= 1) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

/** Servers of a test that broke off: each has a session of its own. */
async function endServers(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const stateDir = join(temporary, name);
    if (existsSync(join(stateDir, 'pids'))) {
      await endLeftovers(await openStateDir(stateDir), () => undefined);
    }
  }
}
