/** What only a process can show: signals, pipes, terminals, folders. The API is a stand-in. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CleanUp } from '../support/clean-up.ts';
import { COUPON_MAIN, runCoupon } from '../support/coupon-process.ts';
import { runInTerminal, type Shown } from '../support/in-terminal.ts';
import { FLAGS, newCoupon, objectIn } from '../support/operator-cases.ts';
import { startStandInApi, type StandIn } from '../support/stand-in/api.ts';
import { STAND_IN_TOKEN } from '../support/stand-in/server.ts';

const CTRL_C = '\u0003';
const ESCAPE = '\u001b';
const ALTERNATE_SCREEN = `${ESCAPE}[?1049h`;
const NORMAL_SCREEN = `${ESCAPE}[?1049l`;
const CURSOR = `${ESCAPE}[?25h`;

const cleanUp = new CleanUp();
let api: StandIn;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = cleanUp.add(await mkdtemp(join(tmpdir(), 'coupon-cli-')), (path) =>
    rm(path, { recursive: true }),
  );
  api = cleanUp.add(await startStandInApi(), (server) => server.close());
  env = { COUPON_API: api.url, COUPON_TOKEN: STAND_IN_TOKEN, COUPON_STATE_DIR: folder };
});

afterAll(() => cleanUp.run());

const coupon = (args: readonly string[], changes: Partial<Parameters<typeof runCoupon>[1]> = {}) =>
  runCoupon(args, { env, folder, ...changes });

describe('the command, as a process', () => {
  it('ends with 0, 1, 2 and 3, and keeps what was asked for apart from what there is to say', async () => {
    const done = await coupon(['list', '--json']);
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    expect(objectIn(done)).toMatchObject({ items: [] });
    expect(await coupon(['show', 'zzzzzzzzzzzz'])).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await coupon(['show'])).toMatchObject({ exitCode: 2, stdout: '' });
    const nobody = await coupon(['list', '--api', 'http://127.0.0.1:9']);
    expect(nobody).toMatchObject({ exitCode: 3, stdout: '' });
  });

  it('takes files from the folder in which npm was called', async () => {
    const called = join(folder, 'called-here');
    await mkdir(called);
    await writeFile(join(called, 'users.txt'), 'alice\n');
    const id = await newCoupon({ coupon });
    const granted = await coupon(['grant', id, '--users', 'users.txt', '--json'], {
      env: { ...env, npm_lifecycle_event: 'coupon', INIT_CWD: called },
    });
    expect(granted).toMatchObject({ exitCode: 0 });
  });

  it('ends without a complaint when its reader has seen enough', async () => {
    for (let i = 0; i < 3; i += 1) await newCoupon({ coupon });
    const { stdout, stderr } = await promisify(execFile)(
      'sh',
      [
        '-c',
        `("$0" "$1" watch "$2"; echo "ended with $?" >&2) | head -n 1`,
        process.execPath,
        COUPON_MAIN,
        await newCoupon({ coupon }),
      ],
      { env: { PATH: process.env['PATH'] ?? '', ...env } },
    );
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).toBe('ended with 0\n');
  });

  it('leaves nothing of an export that is interrupted, and ends with 130', async () => {
    const id = await newCoupon({ coupon });
    const busy = { kind: 'answer', reply: { status: 503 } } as const;
    api.fail('exportIssuances', ...Array<typeof busy>(20).fill(busy));
    const interrupted = await coupon(['export', id, '--out', 'cut.csv'], {
      onComplaint: (_, end) => {
        end('SIGINT');
      },
    });
    api.mend('exportIssuances');

    expect(interrupted.exitCode).toBe(130);
    expect((await readdir(folder)).filter((name) => name.startsWith('cut'))).toEqual([]);
  });
});

describe('on a terminal', () => {
  const show = (
    args: readonly string[],
    more: Partial<Parameters<typeof runInTerminal>[1]> = {},
  ): Promise<Shown> =>
    runInTerminal([process.execPath, COUPON_MAIN, ...args], { env, typists: [], ...more });

  it('draws the view in place, within its size, and leaves the terminal as it was', async () => {
    const id = await newCoupon({ coupon }, '--name', '선착순 '.repeat(20));
    const { exitCode, screen } = await show(['watch', id], {
      columns: 40,
      rows: 10,
      typists: [{ when: '0 of 5 given', type: CTRL_C }],
    });

    expect(exitCode).toBe(0);
    const [before = '', after = ''] = screen.split(NORMAL_SCREEN);
    expect(before).toContain(ALTERNATE_SCREEN);
    expect(before).toContain(CURSOR);
    const frame = before.split(`${ESCAPE}[H`).at(-1) ?? '';
    // Ten rows, the last without a line break: nothing scrolls.
    expect(frame.split('\n')).toHaveLength(10);
    expect(frame).toContain('…');
    // What was seen last stays behind.
    expect(after).toContain('0 of 5 given');
    expect(after).not.toContain('Ctrl-C');
  });

  it('ends a view by itself when the coupon is closed', async () => {
    const id = await newCoupon({ coupon });
    await coupon(['close', id, '--yes']);
    const { exitCode, screen } = await show(['watch', id, '--until-end']);
    expect(exitCode).toBe(0);
    expect(screen.split(NORMAL_SCREEN)[1]).toContain('closed');
  });

  it('prints lines where the terminal can do no more, or where lines are wanted', async () => {
    const id = await newCoupon({ coupon });
    await coupon(['close', id, '--yes']);
    for (const more of [{ env: { ...env, TERM: 'dumb' } }, {}]) {
      const args = ['watch', id, '--until-end', ...('env' in more ? [] : ['--plain'])];
      const { screen } = await show(args, more);
      expect(screen).toMatch(/^\S+Z {2}closed {2}given 0\/5/);
      expect(screen).not.toContain(ALTERNATE_SCREEN);
    }
  });

  it('has colours, unless NO_COLOR says otherwise', async () => {
    const id = await newCoupon({ coupon });
    expect((await show(['show', id])).screen).toContain(`${ESCAPE}[32mopen`);
    const plain = await show(['show', id], { env: { ...env, NO_COLOR: '1' } });
    expect(plain.screen).not.toContain(ESCAPE);
    expect((await coupon(['show', id])).stdout).not.toContain(ESCAPE);
  });

  it('asks before it closes a coupon, and takes only a yes for one', async () => {
    const id = await newCoupon({ coupon });
    const question = `Close ${id} "Opening day" (open, 5 left) for good? [y/N] `;
    for (const [typed, exitCode] of [
      ['\r', 1],
      ['n\r', 1],
      ['\u0004', 1],
      [CTRL_C, 130],
    ] as const) {
      const asked = await show(['close', id], { typists: [{ when: question, type: typed }] });
      expect(asked.exitCode).toBe(exitCode);
      expect(objectIn(await coupon(['show', id, '--json']))['state']).toBe('open');
    }
    const yes = await show(['close', id], { typists: [{ when: question, type: 'y\r' }] });
    expect(yes.exitCode).toBe(0);
    expect(objectIn(await coupon(['show', id, '--json']))['state']).toBe('closed');
  });
});

it('knows the local stack by its folder only', async () => {
  const none = await coupon(FLAGS, { env: { COUPON_STATE_DIR: join(folder, 'none') } });
  expect(none).toMatchObject({ exitCode: 2, stdout: '' });
  expect(none.stderr).toContain('no local stack was started yet');
});
