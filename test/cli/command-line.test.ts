import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTarget } from '../../cli/api/target.ts';
import { commands } from '../../cli/commands.ts';
import { UsageError } from '../../cli/failures.ts';
import { run } from '../../cli/run.ts';
import { couponContext, recording, runCouponHere } from '../support/coupon-context.ts';
import type { CouponResult } from '../support/coupon-process.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coupon-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Nobody is there to be asked: what is refused here was refused before. */
const coupon = (...args: readonly string[]): Promise<CouponResult> =>
  runCouponHere(args, {
    env: { COUPON_API: 'https://nobody.invalid', COUPON_TOKEN: 'token', COUPON_STATE_DIR: folder },
    folder,
  });

describe('help', () => {
  test.each(commands.map(({ name }) => [name]))('of %s has examples that use it', async (name) => {
    const given = await coupon(name, '--help');
    expect(given).toMatchObject({ exitCode: 0, stderr: '' });
    expect(given.stdout).toMatch(new RegExp(`^npm run -s coupon -- ${name}`));
    expect(given.stdout).toContain('--json');
    const examples = given.stdout.split('Examples\n')[1] ?? '';
    expect(examples).toContain(`npm run -s coupon -- ${name}`);
    expect((await coupon('help', name)).stdout).toBe(given.stdout);
  });

  it('lists all commands; without a command it is a complaint', async () => {
    const overview = await coupon('--help');
    expect(overview.exitCode).toBe(0);
    for (const { name } of commands)
      expect(overview.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(await coupon()).toEqual({ exitCode: 2, stdout: '', stderr: overview.stdout });
  });
});

describe('a command line that makes no sense', () => {
  test.each<[string[], string]>([
    [['nonsense'], 'there is no command "nonsense"; there are create, list'],
    [['show'], 'show needs more to go on'],
    [['show', 'a', 'b'], 'what is "b" here?'],
    [['show', '..'], '".." is no id'],
    [['show', ''], '"" is no id'],
    [['erase', '.', '--yes'], '"." is no id'],
    [['list', '--nonsense'], "Unknown option '--nonsense'"],
    [['list', '--state'], "Option '--state <value>' argument missing"],
    [['list', '--lang', 'e\n'], 'is no language'],
    [['list', '--api', 'coupons.example.com'], 'the API is to be named by an address'],
    [['list', '--api', 'ftp://example.com'], 'the API is to be named by an address'],
    [['list', '--token', ''], '--token holds no token'],
    [['create', '--name', 'x'], 'missing: --quantity'],
    [['create', '--file', 'gone.json'], "--file gone.json can't be read"],
    [['change', 'a'], 'change what?'],
    [['change', 'a', '--quantity', '+5'], '--quantity is the new total'],
    [['change', 'a', '--ends', 'soon'], '--ends is to be now'],
    [['find'], 'find whose?'],
    [['find', '--user', 'a', '--issuance', 'b'], 'find whose?'],
    [['find', '--issuance', 'b', '--coupon', 'a'], '--coupon goes with --user'],
    [['grant', 'a'], 'grant what to whom?'],
    [['grant', 'a', '--job', 'b'], '--job goes alone'],
    [['grant', 'a', '--users', '-'], '--users - names nobody'],
    [['export', 'a'], 'export where to?'],
    [['export', 'a', '--out', 'x.csv', '--json'], '--json has no meaning here'],
    [['quarantine', 'free', '1'], 'quarantine can discard, not "free"'],
    [['quarantine', 'discard'], 'quarantine discard which?'],
    [['close', 'a', '--idempotency-key', 'x'], "Unknown option '--idempotency-key'"],
  ])('%j is refused with its usage', async (args, complaint) => {
    const given = await coupon(...args);
    expect(given).toMatchObject({ exitCode: 2, stdout: '' });
    expect(given.stderr).toContain(complaint);
    if (args[0] !== 'nonsense') expect(given.stderr).toContain(`usage: npm run -s coupon --`);
  });

  it('can not do anything to the terminal by being shown again', async () => {
    expect((await coupon('\u001b[2J')).stderr).toContain('"�[2J"');
    expect((await coupon('show', 'a', '\u001b[2J')).stderr).not.toContain('\u001b');
  });

  it('is told apart from an id that begins with a dash', async () => {
    expect((await coupon('show', '-x')).exitCode).toBe(2);
    expect((await coupon('show', '--', '-x')).exitCode).toBe(3);
    expect((await coupon('grant', '--job', '-3f')).exitCode).toBe(3);
    expect((await coupon('grant', '--job', '--json')).exitCode).toBe(2);
  });

  it('says where text is not what it should be', async () => {
    await writeFile(join(folder, 'latin1.txt'), Buffer.from([0xe9, 0x0a]));
    await writeFile(join(folder, 'half.json'), '{"name":');
    expect((await coupon('create', '--file', 'latin1.txt')).stderr).toContain('is not UTF-8');
    expect((await coupon('create', '--file', 'half.json')).stderr).toContain('is not JSON');
    expect((await coupon('grant', 'a', '--users', folder)).stderr).toContain("can't be read");
  });
});

test('a dry run sends nothing', async () => {
  const flags = ['--name', 'x', '--quantity', '5', '--starts', 'now', '--ends', '+1h'];
  const rest = ['--valid-days', '3', '--percent', '10', '--currency', 'KRW', '--dry-run'];
  const given = await coupon('create', ...flags, ...rest);
  expect(given.exitCode).toBe(0);
  expect(JSON.parse(given.stdout)).toMatchObject({ name: 'x', discount: { percent: 10 } });
});

describe('which API is meant', () => {
  const LOCAL = { api: 'http://127.0.0.1:8080', issuer: 'http://127.0.0.1:8090' };
  let state: string;
  beforeAll(async () => {
    state = await mkdtemp(join(folder, 'state-'));
    await writeFile(join(state, 'endpoints.json'), JSON.stringify({ ...LOCAL, valkey: 'x' }));
  });

  const target = (
    env: Record<string, string>,
    flags: { api?: string; token?: string } = {},
  ): ReturnType<typeof findTarget> =>
    findTarget({ api: flags.api, token: flags.token }, couponContext(env));

  it('is said by a flag, else by the environment, else it is the local stack', async () => {
    const env = { COUPON_STATE_DIR: state, COUPON_API: 'https://b.example/', COUPON_TOKEN: 't' };
    expect((await target(env, { api: 'https://a.example/base/' })).api).toBe(
      'https://a.example/base',
    );
    expect((await target(env)).api).toBe('https://b.example');
    expect((await target({ ...env, COUPON_API: '' })).api).toBe(LOCAL.api);
  });

  it('takes the token of the flag, else of the environment; Bearer before it does no harm', async () => {
    const token = async (
      env: Record<string, string>,
      flags: { token?: string } = {},
    ): Promise<unknown> =>
      (await target({ COUPON_STATE_DIR: state, ...env }, flags)).tokens.token(false);
    expect(await token({ COUPON_TOKEN: 'env' }, { token: ' Bearer flag\n' })).toEqual({
      kind: 'token',
      token: 'flag',
    });
    expect(await token({ COUPON_TOKEN: 'env' })).toEqual({ kind: 'token', token: 'env' });
  });

  it('asks the local issuer for the local stack only', async () => {
    expect((await target({ COUPON_STATE_DIR: state })).tokens.renewable).toBe(true);
    expect(
      (await target({ COUPON_STATE_DIR: state, COUPON_API: `${LOCAL.api}/` })).tokens.renewable,
    ).toBe(true);
    await expect(target({ COUPON_STATE_DIR: state }, { api: 'https://a.example' })).rejects.toThrow(
      'COUPON_TOKEN is missing: https://a.example needs',
    );
    const elsewhere = await mkdtemp(join(folder, 'state-'));
    const endpoints = { ...LOCAL, issuer: 'https://issuer.example.com' };
    await writeFile(join(elsewhere, 'endpoints.json'), JSON.stringify(endpoints));
    await expect(target({ COUPON_STATE_DIR: elsewhere })).rejects.toThrow(UsageError);
  });

  it('is nobody where none was named and no stack was started', async () => {
    await expect(target({ COUPON_STATE_DIR: join(folder, 'none') })).rejects.toThrow(
      'no local stack was started yet',
    );
  });

  it('is warned of where the token can be read on the way', async () => {
    const warned = async (api: string): Promise<boolean> => {
      let stderr = '';
      const context = couponContext(
        { COUPON_API: api, COUPON_TOKEN: 't' },
        { stderr: recording((text) => (stderr += text)) },
      );
      await run(['show', '--', '..'], context);
      return stderr.includes('is not https');
    };
    expect(await warned('http://coupons.invalid')).toBe(true);
    for (const api of ['https://coupons.invalid', 'http://127.0.0.1:1', 'http://localhost:1']) {
      expect(await warned(api)).toBe(false);
    }
  });
});
