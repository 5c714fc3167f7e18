import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endLeftoverEnvironments } from '../../local/lambda/leftovers.ts';
import { LambdaService } from '../../local/lambda/service.ts';
import { hasProcFs, stateOf } from '../support/process-state.ts';
import { sampleDirectory, sampleTable } from './sample-table.ts';

interface Counted {
  readonly invocations: number;
  readonly ticks: number;
  readonly pid: number;
}

const describeOnLinux = hasProcFs ? describe : describe.skip;

describeOnLinux('the Lambda stand-in with one process an environment', () => {
  let directory: string;
  let service: LambdaService;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'coupon-environments-'));
  });

  afterEach(async () => {
    await service.close();
    await rm(directory, { recursive: true, force: true });
  });

  function start(limit: number): LambdaService {
    service = new LambdaService({
      directory: sampleDirectory,
      functions: sampleTable,
      environments: {
        limit,
        pidsDir: join(directory, 'pids'),
        logFile: join(directory, 'functions.log'),
      },
    });
    return service;
  }

  async function count(): Promise<Counted> {
    const outcome = await service.invoke('sample', { do: 'count' });
    if (outcome.kind !== 'returned') throw new Error(JSON.stringify(outcome));
    return outcome.value as Counted;
  }

  it('stops an environment between two invocations and wakes it for the next', async () => {
    start(1);

    const first = await count();
    expect(await stateBecomes(first.pid, 'T')).toBe(true);
    await sleep(500);
    const second = await count();

    expect(second.pid).toBe(first.pid);
    expect(second.invocations).toBe(2);
    // Its timer of 10 ms would have run 50 times.
    expect(second.ticks - first.ticks).toBeLessThan(10);
  });

  it('runs one invocation an environment, starts more on demand and queues beyond the limit', async () => {
    start(2);

    const pids = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const outcome = await service.invoke('sample', { do: 'sleep', ms: 400 });
        return (outcome as { value: { pid: number } }).value.pid;
      }),
    );

    expect(pids).toHaveLength(5);
    expect(new Set(pids).size).toBe(2);
    expect((await readdir(join(directory, 'pids'))).sort()).toEqual([
      'environment-sample-1.pid',
      'environment-sample-2.pid',
    ]);
  });

  it('fails the one invocation of a killed environment and replaces it', async () => {
    start(1);
    const { pid } = await count();

    const inFlight = service.invoke('sample', { do: 'sleep', ms: 1500 });
    await sleep(100);
    process.kill(await pidIn(join(directory, 'pids', 'environment-sample-1.pid')), 'SIGKILL');

    expect(await inFlight).toMatchObject({
      kind: 'failed',
      error: {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringContaining('Runtime exited with error: signal: killed'),
      },
    });
    const next = await count();
    expect(next.pid).not.toBe(pid);
    expect(next.invocations).toBe(1);
  });

  it('ends an environment whose time is over, and one that exits', async () => {
    start(1);

    expect(await service.invoke('sample', { do: 'sleep', ms: 10_000 })).toMatchObject({
      kind: 'failed',
      error: { errorType: 'Sandbox.Timedout' },
    });
    expect(await service.invoke('sample', { do: 'exit' })).toMatchObject({
      kind: 'failed',
      error: { errorMessage: expect.stringContaining('exit status 7') },
    });
    expect((await count()).invocations).toBe(1);
  });

  it('fails an invocation whose function cannot be built, with the reason', async () => {
    start(2);

    expect(await service.invoke('broken', {})).toMatchObject({
      kind: 'failed',
      error: { errorMessage: 'cannot be built' },
    });
  });

  it('leaves no process and no pid file when it is closed', async () => {
    start(2);
    const { pid } = await count();

    await service.close();

    expect(await stateOf(pid)).toBeUndefined();
    expect(await readdir(join(directory, 'pids'))).toEqual([]);
  });

  it('leaves no frozen process when its parent is killed', async () => {
    start(1);
    const script = join(directory, 'parent.ts');
    await writeFile(script, parentScript(directory));
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    for await (const chunk of parent.stdout) {
      output += String(chunk);
      if (output.includes('\n')) break;
    }
    const pid = Number(output);
    expect(await stateBecomes(pid, 'T')).toBe(true);

    parent.kill('SIGKILL');

    expect(await stateBecomes(pid, undefined)).toBe(true);
  });

  it('ends what a crashed stack left, but no stranger whose pid a file names', async () => {
    start(1);
    const { pid } = await count();
    const pidsDir = join(directory, 'pids');
    await writeFile(join(pidsDir, 'environment-other-1.pid'), String(process.pid));

    await endLeftoverEnvironments(pidsDir);

    expect(await stateBecomes(pid, undefined)).toBe(true);
    expect(await readdir(pidsDir)).toEqual([]);
  });
});

/** A process of its own that starts one environment, prints its pid and stays. */
function parentScript(directory: string): string {
  const module = join(import.meta.dirname, '../../local/lambda/service.ts');
  return `
    import { LambdaService } from ${JSON.stringify(module)};
    const service = new LambdaService({
      directory: ${JSON.stringify(sampleDirectory)},
      functions: ${JSON.stringify(sampleTable)},
      environments: {
        limit: 1,
        pidsDir: ${JSON.stringify(join(directory, 'parent-pids'))},
        logFile: ${JSON.stringify(join(directory, 'parent.log'))},
      },
    });
    const outcome = await service.invoke('sample', { do: 'count' });
    console.log(outcome.value.pid);
    setInterval(() => undefined, 1000);
  `;
}

async function pidIn(file: string): Promise<number> {
  return Number(await readFile(file, 'utf8'));
}

async function stateBecomes(pid: number, wanted: string | undefined): Promise<boolean> {
  for (let i = 0; i < 60; i++) {
    if ((await stateOf(pid)) === wanted) return true;
    await sleep(50);
  }
  return false;
}
