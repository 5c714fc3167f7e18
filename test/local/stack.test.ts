import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Endpoints } from '../../local/endpoints.ts';
import { isOpen } from '../support/ports.ts';
import { until } from '../support/until.ts';

const repository = join(import.meta.dirname, '../..');
const run = promisify(execFile);

describe('npm start', () => {
  let stateDir: string;
  let stack: ChildProcess | undefined;
  let output = '';

  beforeAll(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'coupon stack '));
  });

  afterEach(async () => {
    await stop('SIGTERM');
  });

  afterAll(() => rm(stateDir, { recursive: true, force: true }));

  async function start(variables: Record<string, string> = {}): Promise<Endpoints> {
    output = '';
    const child = spawn(process.execPath, [join(repository, 'local/main.ts')], {
      cwd: repository,
      env: {
        ...process.env,
        COUPON_STATE_DIR: stateDir,
        COUPON_PORT: '0',
        COUPON_ISSUER_PORT: '0',
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    stack = child;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      output += chunk.toString();
      if (output.includes('ready;')) break;
    }
    if (!output.includes('ready;')) throw new Error(output);
    return JSON.parse(await readFile(join(stateDir, 'endpoints.json'), 'utf8')) as Endpoints;
  }

  /** The exit code, or the signal that ended it; undefined when it does not run. */
  async function stop(signal: NodeJS.Signals): Promise<unknown> {
    const child = stack;
    stack = undefined;
    if (child === undefined) return undefined;
    child.kill(signal);
    const [code, endedBy] = (await once(child, 'exit')) as [number | null, string | null];
    return code ?? endedBy;
  }

  /** Pastes what the start printed into a shell; each command's reply is a line of JSON. */
  async function pasteCommands(): Promise<{ id: string; state: string }[]> {
    const commands = output.split('\n').filter((line) => /^ {2}(TOKEN=|CLAIM=|curl )/.test(line));
    expect(commands).toHaveLength(3);
    const { stdout } = await run('sh', ['-c', commands.join('\n')], { cwd: repository });
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { id: string; state: string });
  }

  async function pids(): Promise<number[]> {
    const directory = join(stateDir, 'pids');
    const files = await readdir(directory);
    return Promise.all(files.map(async (file) => Number(await readFile(join(directory, file)))));
  }

  it('serves, prints commands that work, and leaves nothing after Ctrl-C', async () => {
    const { api, lambda, issuer, postOffice } = await start();
    expect(await (await fetch(postOffice)).text()).toContain('<title>Post office</title>');
    expect(output).toContain(postOffice);
    const [claimed, read] = await pasteCommands();
    expect(claimed?.state).toBe('accepted');
    expect(read?.id).toBe(claimed?.id);
    const processes = await pids();
    expect(processes).toHaveLength(5);

    expect(await stop('SIGINT')).toBe(0);

    expect(processes.filter(isAlive)).toEqual([]);
    expect(await pids()).toEqual([]);
    for (const url of [api, lambda, issuer, postOffice]) expect(await isOpen(url)).toBe(false);
  }, 120_000);

  it('goes on with the same data after a crash, one process an environment', async () => {
    await start({ COUPON_ENVIRONMENTS: '1' });
    const [first] = await pasteCommands();
    const processes = await pids();

    expect(await stop('SIGKILL')).toBe('SIGKILL');
    await start();

    const [again] = await pasteCommands();
    expect(again?.id).toBe(first?.id);
    expect(processes.filter(isAlive)).toEqual([]);
  }, 180_000);

  it('stops when it is told to while it starts', async () => {
    const starting = start().catch((error: unknown) => String(error));
    // Until its first line nobody listens for signals yet.
    await until('it has begun', 30_000, () => output !== '' || undefined);

    expect(await stop('SIGINT')).toBe(0);
    expect(await starting).toContain('Stopped');
    expect(await pids()).toEqual([]);
  }, 60_000);

  it('names the variable for a port that is taken', async () => {
    const { api } = await start();
    const { port } = new URL(api);
    const other = await mkdtemp(join(tmpdir(), 'coupon-other-'));
    const failed = await run(process.execPath, [join(repository, 'local/main.ts')], {
      env: { ...process.env, COUPON_STATE_DIR: other, COUPON_PORT: port },
    }).then(
      () => undefined,
      (error: unknown) => error as { code: number; stdout: string },
    );
    await rm(other, { recursive: true });

    expect(failed?.code).toBe(1);
    expect(failed?.stdout).toContain(`Port ${port} is taken. Set COUPON_PORT`);
  }, 60_000);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
