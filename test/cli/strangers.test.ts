import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CleanUp } from '../support/clean-up.ts';
import { runCouponHere } from '../support/coupon-context.ts';
import type { CouponOptions, CouponResult } from '../support/coupon-process.ts';
import { startStandInApi, type StandIn } from '../support/stand-in/api.ts';
import { STAND_IN_TOKEN } from '../support/stand-in/server.ts';

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

describe('when it is not the API that answers', () => {
  const serve = async (
    reply: (url: string) => { status: number; headers?: Record<string, string>; body?: string },
  ): Promise<{ url: string; tokens: string[] }> => {
    const tokens: string[] = [];
    const server = createServer((request, response) => {
      tokens.push(request.headers.authorization ?? '');
      const { status, headers, body } = reply(request.url ?? '');
      response.writeHead(status, headers).end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUp.add(server, () => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens };
  };

  it('ends with 3 where nobody listens, soon', async () => {
    const { port } = new URL(api.url);
    await api.close();
    cleanUp.add(api, () => undefined);
    const given = await coupon(['list', '--api', `http://127.0.0.1:${port}`]);

    expect(given).toMatchObject({ exitCode: 3, stdout: '' });
    expect(given.stderr).toContain('nobody listens there');
    expect(given.stderr).toContain('npm start');
  });

  it("shows a load balancer's page as what it is", async () => {
    const page = await serve(() => ({ status: 404, body: '<html>404</html>' }));
    const given = await coupon(['list', '--api', page.url]);

    expect(given.exitCode).toBe(1);
    expect(given.stderr).toContain('The answer was HTTP 404, and not of the API');
  });

  it('takes a page that is no JSON for no answer', async () => {
    const page = await serve(() => ({ status: 200, body: '<html>welcome</html>' }));

    expect(await coupon(['list', '--api', page.url])).toMatchObject({ exitCode: 3, stdout: '' });
  });

  it('takes the token nowhere else, by a redirect or by the link to a next page', async () => {
    const thief = await serve(() => ({ status: 200, body: '{}' }));
    const redirecting = await serve(() => ({ status: 307, headers: { location: thief.url } }));
    expect((await coupon(['list', '--api', redirecting.url])).exitCode).toBe(1);

    const linking = await serve(() => ({
      status: 200,
      headers: { link: `<${thief.url}/page2>; rel="next"` },
      body: 'id\n1\n',
    }));
    const exported = await coupon(['export', 'a', '--out', 'a.csv', '--api', linking.url]);
    expect(exported.exitCode).toBe(3);
    expect(exported.stderr).toContain('on another host');
    expect(await readdir(folder)).toEqual([]);
    expect(redirecting.tokens).toEqual([`Bearer ${STAND_IN_TOKEN}`]);
    expect(thief.tokens).toEqual([]);
  });

  it('ends an export whose pages go round', async () => {
    const round = await serve(() => ({
      status: 200,
      headers: { link: '</again>; rel="next"' },
      body: 'id\n1\n',
    }));

    expect((await coupon(['export', 'a', '--out', '-', '--api', round.url])).exitCode).toBe(3);
  });
});

describe('the token of the local stack', () => {
  /** An issuer that gives these tokens one after the other, the last one for ever. */
  const localStack = async (...tokens: readonly string[]): Promise<{ asked: string[] }> => {
    const asked: string[] = [];
    const issuer = createServer((request, response) => {
      void text(request).then((form) => {
        asked.push(form);
        const token = tokens[asked.length - 1] ?? tokens.at(-1);
        response.end(JSON.stringify({ access_token: token }));
      });
    });
    issuer.listen(0, '127.0.0.1');
    await once(issuer, 'listening');
    cleanUp.add(issuer, () => {
      issuer.closeAllConnections();
      issuer.close();
    });
    const { port } = issuer.address() as AddressInfo;
    const endpoints = { api: api.url, issuer: `http://127.0.0.1:${port}` };
    await writeFile(join(folder, 'endpoints.json'), JSON.stringify(endpoints));
    env = { COUPON_STATE_DIR: folder };
    return { asked };
  };

  it('is asked for once, and again when it has expired', async () => {
    const { asked } = await localStack('expired', STAND_IN_TOKEN);

    expect((await coupon(['list'])).exitCode).toBe(0);
    expect(asked).toEqual(
      Array(2).fill('grant_type=password&username=operator&scope=coupons%3Amanage'),
    );
  });

  it('is not asked for over and over when it is no good', async () => {
    const { asked } = await localStack('no-good');

    const given = await coupon(['list']);
    expect(given.exitCode).toBe(1);
    expect(given.stderr).toContain('code unauthenticated');
    expect(asked).toHaveLength(2);
  });

  it('is not to be had while the stack does not run', async () => {
    const endpoints = { api: api.url, issuer: 'http://127.0.0.1:9' };
    await writeFile(join(folder, 'endpoints.json'), JSON.stringify(endpoints));
    env = { COUPON_STATE_DIR: folder };

    expect(await coupon(['list'])).toMatchObject({ exitCode: 3, stdout: '' });
  });
});

it('never shows the token, whatever goes wrong', async () => {
  const secret = 'se.cr.et-token';
  const outputs = [
    await coupon(['list', '--token', secret]),
    await coupon(['list', '--token', `${secret}\u0007 two words`]),
    await coupon(['list', '--token', secret, '--api', 'http://127.0.0.1:9']),
    await coupon(['list', '--token', secret, '--api', `http://user:${secret}@127.0.0.1`]),
    await coupon(['list', '--token', secret, '--nonsense']),
  ];

  expect(outputs.map(({ exitCode }) => exitCode)).toEqual([1, 2, 3, 2, 2]);
  for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toContain('se.cr.et');
});
