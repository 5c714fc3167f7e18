import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CleanUp } from '../support/clean-up.ts';
import { runCouponHere } from '../support/coupon-context.ts';
import type { CouponOptions, CouponResult } from '../support/coupon-process.ts';
import { FLAGS, itemsIn, newCoupon, objectIn } from '../support/operator-cases.ts';
import { startStandInApi, type StandIn } from '../support/stand-in/api.ts';
import { problemReply, STAND_IN_TOKEN } from '../support/stand-in/server.ts';

const cleanUp = new CleanUp();
afterAll(() => cleanUp.run());

let api: StandIn;
let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  folder = cleanUp.add(await mkdtemp(join(tmpdir(), 'coupon-cli-')), (path) =>
    rm(path, { recursive: true }),
  );
  api = cleanUp.add(await startStandInApi(), (server) => server.close());
  env = { COUPON_API: api.url, COUPON_TOKEN: STAND_IN_TOKEN, COUPON_STATE_DIR: folder };
});

type Options = Pick<CouponOptions, 'stdin' | 'onOutput'>;
const coupon = (args: readonly string[], options: Options = {}): Promise<CouponResult> =>
  runCouponHere(args, { env, folder, ...options });

const unavailable = {
  kind: 'answer',
  reply: { ...problemReply(503, 'gate_closed'), headers: { 'retry-after': '1' } },
} as const;
/** Longer than anybody waits. */
const forLong = Array<typeof unavailable>(50).fill(unavailable);

describe('when the API is away for a while', () => {
  it('asks again with the same key, and creates one coupon', async () => {
    api.fail('createCoupon', unavailable, { kind: 'cut' }, { kind: 'lose the reply' });

    const created = await coupon([...FLAGS, '--json']);

    expect(created.exitCode).toBe(0);
    const attempts = api.calls.filter(({ route }) => route === 'createCoupon');
    expect(attempts).toHaveLength(4);
    const keys = new Set(attempts.map(({ headers }) => headers['idempotency-key']));
    expect(keys.size).toBe(1);
    expect([...keys][0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(api.state.coupons.size).toBe(1);
  });

  it('creates two coupons by two commands', async () => {
    expect(await newCoupon({ coupon })).not.toBe(await newCoupon({ coupon }));
  });

  it('gives up in the end with 3, and says how to go on safely', async () => {
    api.fail('createCoupon', { kind: 'lose the reply' }, ...forLong);

    const given = await coupon(FLAGS);

    expect(given).toMatchObject({ exitCode: 3, stdout: '' });
    expect(given.stderr).toContain('code gate_closed, status 503, request request-1');
    const [, key = ''] = /--idempotency-key (\S+)/.exec(given.stderr) ?? [];
    api.mend('createCoupon');
    const later = await coupon([...FLAGS, '--idempotency-key', key, '--json']);
    expect(objectIn(later)['id']).toBe([...api.state.coupons.keys()][0]);
    expect(api.state.coupons.size).toBe(1);
  });

  it('goes on with a list of users where it was left', async () => {
    const id = await newCoupon({ coupon }, '--quantity', '30000');
    const stdin = Array.from({ length: 10_001 }, (_, i) => `vip-${i}`).join('\n');
    const args = ['grant', id, '--users', '-', '--no-wait', '--json'];
    // The first of two parts is done, but nobody hears of it.
    api.fail('createGrant', { kind: 'lose the reply' }, ...forLong);
    const left = await coupon(args, { stdin });
    expect(left.exitCode).toBe(3);
    const [, key = ''] = /--idempotency-key (\S+)/.exec(left.stderr) ?? [];
    expect(api.state.grants.size).toBe(1);

    api.mend('createGrant');
    const done = await coupon([...args, '--idempotency-key', key], { stdin });

    expect(done.exitCode).toBe(0);
    expect(itemsIn(done).map((grant) => grant['id'])).toEqual([...api.state.grants.keys()]);
    expect(api.state.grants.size).toBe(2);
    expect(api.state.issued.get(id)).toBe(10_001);
  });

  it('follows a grant through it', async () => {
    const id = await newCoupon({ coupon });
    api.fail('getGrant', unavailable, { kind: 'cut' });

    const granted = await coupon(['grant', id, '--users', '-'], { stdin: 'alice\n' });

    expect(granted.exitCode).toBe(0);
    expect(granted.stdout).toMatch(/accepted +1/);
  });

  it('exports all of it, or leaves no file', async () => {
    const id = await newCoupon({ coupon });
    await coupon(['grant', id, '--users', '-'], { stdin: 'a\nb\nc\nd\n' });
    const firstPage = `id\r\n1\r\n`;
    const link = `</v1/coupons/${id}/issuances?format=csv&cursor=3>; rel="next"`;
    const page = {
      kind: 'answer',
      reply: { status: 200, headers: { link }, body: firstPage },
    } as const;

    api.fail('exportIssuances', page, ...forLong);
    expect((await coupon(['export', id, '--out', 'all.csv'])).exitCode).toBe(3);
    expect(await readdir(folder)).toEqual([]);

    api.mend('exportIssuances');
    api.fail('exportIssuances', page, unavailable, { kind: 'cut' });
    expect((await coupon(['export', id, '--out', 'all.csv'])).exitCode).toBe(0);
    expect(await readdir(folder)).toEqual(['all.csv']);
    expect(await readFile(join(folder, 'all.csv'), 'utf8')).toMatch(
      /^id\r\n1\r\n\S+,d,issued\r\n$/,
    );
  });

  it('keeps watching, says what is the matter and shows the old figures meanwhile', async () => {
    const id = await newCoupon({ coupon }, '--quantity', '7');
    let failed = false;
    const watched = await coupon(['watch', id], {
      onOutput: (shown, end) => {
        if (!failed && shown.includes('given 0/7')) {
          failed = true;
          api.fail('getCoupon', unavailable, { kind: 'cut' });
          api.fail('getCouponStats', unavailable, { kind: 'cut' });
        }
        const lines = shown.trimEnd().split('\n');
        if (shown.includes('TROUBLE') && !lines.at(-1)?.includes('TROUBLE')) end('SIGINT');
      },
    });

    expect(watched.exitCode).toBe(0);
    const troubled = watched.stdout.split('\n').filter((line) => line.includes('TROUBLE'));
    expect(troubled.join('\n')).toContain('TROUBLE 503 gate_closed');
    expect(troubled.join('\n')).toContain('the connection was cut');
    for (const line of troubled) expect(line).toContain('given 0/7  left 7');
  });

  it('ends a watch when the token is no longer good', async () => {
    const id = await newCoupon({ coupon });
    let failed = false;
    const watched = await coupon(['watch', id], {
      onOutput: () => {
        if (failed) return;
        failed = true;
        api.fail('getCoupon', { kind: 'answer', reply: problemReply(401, 'unauthenticated') });
      },
    });

    expect(watched.exitCode).toBe(1);
    expect(watched.stderr).toContain('code unauthenticated');
  });
});
