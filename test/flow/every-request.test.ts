import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { CleanUp } from '../support/clean-up.ts';
import { couponBody } from '../support/coupons.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { Flow } from '../support/flow.ts';
import { json, type HttpReply } from '../support/http-client.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';
import type { ClaimReply } from '../support/shoppers.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;
const SHOP = 'https://shop.example';

const cleanUp = new CleanUp();
let own: OwnServers;
let flow: Flow;
let ledger: LedgerReader;

beforeAll(async () => {
  own = cleanUp.add(await startOwnServers(), (started) => started.remove());
  const variables = { ...own.variables, COUPON_CORS_ORIGINS: SHOP };
  flow = cleanUp.add(await Flow.startOn({ ...own, variables }), (started) => started.remove());
  const { databaseUrl } = flow.stack.endpoints;
  ledger = cleanUp.add(new LedgerReader(databaseUrl), (opened) => opened.close());
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

const coupons = async (): Promise<number> => (await ledger.counts())['coupons'] ?? 0;

function create(key: string, body: unknown, token = flow.operatorToken): Promise<HttpReply> {
  return flow.http.send({
    method: 'POST',
    path: '/v1/coupons',
    token,
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
}

describe('a coupon that is created with a key', () => {
  const body = couponBody({ name: 'Keyed' });

  it('is created once, and each retry gets the same answer', async () => {
    const before = await coupons();
    const first = await create('one', body);
    const again = await create('one', body);

    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(again.headers.location).toBe(first.headers.location);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await coupons()).toBe(before + 1);
  });

  it('is created once by ten requests at the same time', async () => {
    const before = await coupons();
    const replies = await Promise.all(Array.from({ length: 10 }, () => create('ten', body)));

    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(await coupons()).toBe(before + 1);
  });

  it('is not created with the key of another', async () => {
    await create('other', body);
    const before = await coupons();
    const reply = await create('other', { ...body, quantity: 11 });

    expectProblem(reply, { status: 422, code: 'idempotency_key_reused' });
    expect(await coupons()).toBe(before);
    const colleague = await flow.mint.token('colleague', 'coupons:manage');
    expect((await create('other', { ...body, quantity: 11 }, colleague)).status).toBe(201);
  });

  it('is found again by the retry of an attempt that died before its reply was kept', async () => {
    const first = await create('died', body);
    const before = await coupons();
    const rows = await ledger.run(
      `UPDATE idempotency_keys SET reply = NULL WHERE reply ->> 'body' = $1`,
      [first.text],
    );
    expect(rows).toBe(1);

    const again = await create('died', body);
    expect(again.status).toBe(201);
    expect(json(again)['id']).toBe(json(first)['id']);
    expect(await coupons()).toBe(before);
  });

  it('can be mended under the same key', async () => {
    expect((await create('mended', { ...body, quantity: 0 })).status).toBe(400);
    expect((await create('mended', body)).status).toBe(201);
  });

  it(
    'is not created while the database is away, and once when it is back',
    async () => {
      const before = await coupons();
      await own.whileStopped('postgres', async () => {
        expectProblem(await create('away', body), { status: 503, code: 'unavailable' });
      });
      const reply = await until('the database is back', 20_000, async () => {
        const answer = await create('away', body);
        return answer.status === 503 ? undefined : answer;
      });
      expect(reply.status).toBe(201);
      expect(await coupons()).toBe(before + 1);
    },
    SLOW_MS,
  );

  it('is forgotten by the sweep after a day, and not before', async () => {
    await create('young', body);
    const old = await create('old', body);
    await ledger.run(
      `UPDATE idempotency_keys SET created_at = now() - interval '25 hours'
       WHERE reply ->> 'body' = $1`,
      [old.text],
    );
    const url = `${flow.stack.endpoints.lambda}/2015-03-31/functions/sweep/invocations`;
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(200);

    expect((await create('old', { ...body, quantity: 12 })).status).toBe(201);
    expectProblem(await create('young', { ...body, quantity: 12 }), {
      status: 422,
      code: 'idempotency_key_reused',
    });
  });
});

describe('a shopper who asks for too much', () => {
  it(
    'is told when to come back, and is let in then; nobody else is',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 5 });
      const passed: ClaimReply[] = [];
      const refused: ClaimReply[] = [];
      // On a machine that is busy a burst takes so long that all of it comes back meanwhile.
      await until('the shopper is refused', 30_000, async () => {
        const presses = Array.from({ length: 400 }, () => flow.shoppers.claim(couponId, 'greedy'));
        for (const claim of await Promise.all(presses)) {
          (claim.status === 429 ? refused : passed).push(claim);
        }
        return refused.length > 0 ? true : undefined;
      });
      expect(passed.length).toBeGreaterThanOrEqual(300);
      expect(passed.filter(({ status }) => status !== 202 && status !== 200)).toEqual([]);
      expect(new Set(passed.map(({ issuance }) => issuance?.id)).size).toBe(1);

      const [reply] = refused.map((claim) => claim.reply);
      if (reply === undefined) throw new Error('nobody was refused');
      expectProblem(reply, { status: 429, code: 'too_many_requests' });
      expect(reply.headers['ratelimit-policy']).toBe('"default";q=300;w=10');
      expect(reply.headers['ratelimit']).toMatch(/^"default";r=0;t=\d+$/);

      expect((await flow.shoppers.claim(couponId, 'modest')).status).toBe(202);
      await sleep(Number(reply.headers['retry-after']) * 1_000);
      expect((await flow.shoppers.claim(couponId, 'greedy')).status).toBe(200);
    },
    SLOW_MS,
  );
});

describe('a page of another origin', () => {
  const preflight = (origin: string, path: string): Promise<HttpReply> =>
    flow.http.send({
      method: 'OPTIONS',
      path,
      headers: { origin, 'access-control-request-method': 'POST' },
    });

  it('may call if it is allowed, whichever function answers', async () => {
    const couponId = await flow.createCoupon();
    const token = await flow.mint.token('browser');
    const headers = { origin: SHOP };
    const calls = [
      { path: '/v1/coupons', token },
      { path: `/v1/issuances/${couponId}_${'A'.repeat(22)}`, token },
      { method: 'POST', path: `/v1/coupons/${couponId}/issuances`, token },
      { path: '/openapi.json' },
      { path: '/v1/coupons' },
    ];
    for (const call of calls) {
      const reply = await flow.http.send({ ...call, headers });
      expect(reply.headers['access-control-allow-origin']).toBe(SHOP);
    }
    const asked = await preflight(SHOP, `/v1/coupons/${couponId}/issuances`);
    expect(asked.status).toBe(204);
    expect(asked.headers['access-control-allow-methods']).toBe('GET, HEAD, OPTIONS, POST');
  });

  it('may not if it is not', async () => {
    const asked = await preflight('https://evil.example', '/v1/coupons');
    expect(asked.headers['access-control-allow-origin']).toBeUndefined();
    expect(asked.headers['access-control-allow-methods']).toBeUndefined();
  });
});

describe('what anybody may read', () => {
  it('is the document, which is sent again only when it changed', async () => {
    const reply = await flow.http.get('/openapi.json', undefined);
    expect(json(reply)['openapi']).toBe('3.1.1');
    expect(reply.headers['cache-control']).toBe('public, max-age=300');
    const headers = { 'if-none-match': reply.headers.etag ?? '' };
    const again = await flow.http.send({ path: '/openapi.json', headers });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('is its page, with all that it loads', async () => {
    const page = await flow.http.get('/docs', undefined);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const assets = [...page.text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)];
    expect(assets).toHaveLength(3);
    for (const [, path = ''] of assets) {
      const asset = await flow.http.get(path, undefined);
      expect([path, asset.status]).toEqual([path, 200]);
      expect(asset.headers['content-encoding']).toBe('gzip');
      expect(asset.headers['cache-control']).toContain('immutable');
    }
  });

  it('is what a problem means, at the address that the problem names', async () => {
    const problem = json(await flow.http.get('/nowhere', await flow.mint.token('lost')));
    const page = await flow.http.send({
      path: String(problem['type']),
      headers: { 'accept-language': 'ko' },
    });
    expect(page.status).toBe(200);
    expect(page.text).toContain('<html lang="ko">');
    expect(page.text).toContain('이 주소에는 아무것도 없습니다.');
  });

  it.each(['/docs/nothing.js', '/problems/nothing', '/problems/__proto__'])(
    'is not %s',
    async (path) => {
      expectProblem(await flow.http.get(path, undefined), { status: 404, code: 'not_found' });
    },
  );

  it.each(['/openapi.json', '/docs', '/problems/sold_out'])(
    'is %s, but not to be written',
    async (path) => {
      const reply = await flow.http.send({ method: 'POST', path });
      expectProblem(reply, { status: 405, code: 'method_not_allowed' });
    },
  );
});
