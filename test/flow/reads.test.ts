import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CleanUp } from '../support/clean-up.ts';
import { broken, Flow } from '../support/flow.ts';
import { json, type HttpReply } from '../support/http-client.ts';
import { users } from '../support/shoppers.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;
const HOUR_MS = 60 * 60 * 1000;

/** RFC 3339, so many milliseconds from now. */
function fromNow(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

describe('reading coupons and issuances', () => {
  const cleanUp = new CleanUp();
  let flow: Flow;
  let reader: string;

  beforeAll(async () => {
    flow = cleanUp.add(await Flow.start(), (started) => started.remove());
    reader = await flow.mint.token('reader');
  }, SLOW_MS);

  afterAll(() => cleanUp.run(), SLOW_MS);

  const get = (path: string, token = reader): Promise<HttpReply> => flow.http.get(path, token);
  const getCoupon = async (id: string): Promise<Record<string, unknown>> =>
    json(await get(`/v1/coupons/${id}`));

  it(
    'shows a new coupon as it was defined, at the address that its creation names',
    async () => {
      const definition = {
        name: 'Opening day 5,000',
        description: '선착순 쿠폰 😀',
        quantity: 1000,
        perUserLimit: 3,
        issueStartsAt: '2026-01-01T09:00:00+09:00',
        issueEndsAt: '2099-11-28T00:00:00Z',
        validity: { from: '2026-11-27T00:00:00Z', until: '2099-12-28T00:00:00Z' },
        discount: { type: 'percent', percent: 15, maxAmount: 10000, currency: 'KRW' },
        conditions: {
          minOrderAmount: 30000,
          products: { include: ['p1'], exclude: [] },
          weekdays: ['sat', 'sun'],
          hours: { from: '09:00', until: '18:00', timeZone: 'Asia/Seoul' },
        },
      };
      const created = await flow.http.post('/v1/coupons', flow.operatorToken, definition);

      expect(created.status).toBe(201);
      const shown = await get(created.headers.location ?? '');
      expect(shown.status).toBe(200);
      expect(shown.headers['content-type']).toBe('application/json');
      const coupon = json(shown);
      expect(coupon).toMatchObject({
        ...definition,
        issueStartsAt: '2026-01-01T00:00:00.000Z',
        issueEndsAt: '2099-11-28T00:00:00.000Z',
        validity: { from: '2026-11-27T00:00:00.000Z', until: '2099-12-28T00:00:00.000Z' },
        state: 'open',
        issued: 0,
        remaining: 1000,
      });
      expect(coupon['id']).toMatch(/^[a-z0-9]{12}$/);
      expect(Math.abs(Date.now() - Date.parse(String(coupon['serverTime'])))).toBeLessThan(60_000);
    },
    SLOW_MS,
  );

  it(
    'counts what is issued down from the quantity, with a tag that changes only when something did',
    async () => {
      const id = await flow.createCoupon({ quantity: 5 });
      const path = `/v1/coupons/${id}`;
      const untouched = await get(path);
      const etag = untouched.headers.etag ?? '';
      expect(etag).not.toBe('');
      const unchanged = await flow.http.send({
        path,
        token: reader,
        headers: { 'if-none-match': `"other", ${etag}` },
      });
      expect([unchanged.status, unchanged.text]).toEqual([304, '']);
      expect(unchanged.headers.etag).toBe(etag);

      await Promise.all(users('buyer', 3).map((user) => flow.shoppers.claim(id, user)));

      await until('three are issued', 10_000, async () =>
        (await getCoupon(id))['remaining'] === 2 ? true : undefined,
      );
      const changed = await flow.http.send({
        path,
        token: reader,
        headers: { 'if-none-match': etag },
      });
      expect(changed.status).toBe(200);
      expect(json(changed)).toMatchObject({ issued: 3, remaining: 2 });
      expect(changed.headers.etag).not.toBe(etag);
      expect(broken(await flow.invariants(id))).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'refuses a claim before the window begins, serves it inside, and afterwards only who has one',
    async () => {
      const opensAt = Date.now() + 2_000;
      const id = await flow.createCoupon({
        issueStartsAt: new Date(opensAt).toISOString(),
        issueEndsAt: new Date(opensAt + 3_000).toISOString(),
      });
      expect(await getCoupon(id)).toMatchObject({ state: 'scheduled' });
      expect(await flow.shoppers.claim(id, 'too-early')).toMatchObject({
        status: 409,
        code: 'issue_not_started',
      });

      const inTime = await until('the window begins', 10_000, async () => {
        const claim = await flow.shoppers.claim(id, 'in-time');
        return claim.code === 'issue_not_started' ? undefined : claim;
      });
      expect(inTime.status).toBe(202);
      expect(inTime.receivedAt).toBeGreaterThanOrEqual(opensAt);

      await until('the coupon has ended', 10_000, async () =>
        (await getCoupon(id))['state'] === 'ended' ? true : undefined,
      );
      expect(await flow.shoppers.claim(id, 'too-late')).toMatchObject({
        status: 409,
        code: 'issue_ended',
      });
      const again = await flow.shoppers.claim(id, 'in-time');
      expect(again).toMatchObject({ status: 200, issuance: { id: inTime.issuance?.id } });
      expect(broken(await flow.invariants(id))).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'refuses claims of a coupon whose window was over before it was created',
    async () => {
      const id = await flow.createCoupon({
        issueStartsAt: fromNow(-2 * HOUR_MS),
        issueEndsAt: fromNow(-HOUR_MS),
      });

      expect(await getCoupon(id)).toMatchObject({ state: 'ended' });
      expect(await flow.shoppers.claim(id, 'too-late')).toMatchObject({
        status: 409,
        code: 'issue_ended',
      });
    },
    SLOW_MS,
  );

  it(
    'answers who already has one with it, even when the coupon is sold out',
    async () => {
      const id = await flow.createCoupon({ quantity: 1 });
      const first = await flow.shoppers.claim(id, 'lucky');
      expect(first.status).toBe(202);

      expect(await flow.shoppers.claim(id, 'unlucky')).toMatchObject({
        status: 409,
        code: 'sold_out',
      });
      expect(await flow.shoppers.claim(id, 'lucky')).toMatchObject({
        status: 200,
        issuance: first.issuance,
      });
      expect(broken(await flow.invariants(id))).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'lists every coupon once, the newest first, page by page, also while others are added',
    async () => {
      const ids: string[] = [];
      for (let i = 0; i < 5; i += 1) ids.unshift(await flow.createCoupon({ name: `Listed ${i}` }));

      const listed: string[] = [];
      let cursor: unknown;
      do {
        const query = typeof cursor === 'string' ? `&cursor=${encodeURIComponent(cursor)}` : '';
        const page = json(await get(`/v1/coupons?limit=2${query}`));
        const items = page['items'] as { id: string }[];
        expect(items.length).toBeLessThanOrEqual(2);
        listed.push(...items.map((item) => item.id));
        cursor = page['nextCursor'];
        await flow.createCoupon({ name: 'Added meanwhile' });
      } while (cursor !== null && listed.length < 100);

      expect(listed.slice(0, 5)).toEqual(ids);
      expect(new Set(listed).size).toBe(listed.length);
      expect(json(await get('/v1/coupons?limit=100'))['nextCursor']).toBeNull();
    },
    SLOW_MS,
  );

  it(
    'lists the coupons of one state',
    async () => {
      const scheduled = await flow.createCoupon({ issueStartsAt: fromNow(HOUR_MS / 2) });
      const open = await flow.createCoupon();
      const ended = await flow.createCoupon({
        issueStartsAt: fromNow(-2 * HOUR_MS),
        issueEndsAt: fromNow(-HOUR_MS),
      });

      for (const [state, id] of Object.entries({ scheduled, open, ended })) {
        const { items } = json(await get(`/v1/coupons?limit=100&state=${state}`)) as {
          items: { id: string; state: string }[];
        };
        expect(items.map((item) => item.id)).toContain(id);
        expect(new Set(items.map((item) => item.state))).toEqual(new Set([state]));
      }
      expect(json(await get('/v1/coupons?state=closed'))['items']).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'finds every issuance from the moment of its 202 on',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 100 });
      const crowd = users('reader', 100);
      await flow.shoppers.prepare(crowd);

      const readings = await Promise.all(
        crowd.map(async (user) => {
          const { reply } = await flow.shoppers.claim(couponId, user);
          const token = await flow.shoppers.token(user);
          return get(reply?.headers.location ?? '', token);
        }),
      );

      expect(new Set(readings.map(({ status }) => status))).toEqual(new Set([200]));
      expect(broken(await flow.invariants(couponId))).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'shows an issuance with its code to its owner, without it to operators and shops, and to no one else',
    async () => {
      const couponId = await flow.createCoupon();
      const { issuance } = await flow.shoppers.claim(couponId, 'owner');
      const path = `/v1/issuances/${issuance?.id ?? ''}`;
      const owner = await flow.mint.token('owner');
      const shown = await until('the issuance is issued', 10_000, async () => {
        const reading = json(await get(path, owner));
        return reading['state'] === 'issued' ? reading : undefined;
      });
      const { code, ...rest } = shown;
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);

      const checkout = await flow.mint.token('shop', 'coupons:checkout');
      for (const token of [flow.operatorToken, checkout]) {
        const reading = await get(path, token);
        expect([reading.status, json(reading)]).toEqual([200, rest]);
      }
      // An operator's own issuance is a shopper's as well only with a shopper's token.
      const withoutUse = await get(path, await flow.mint.token('owner', 'coupons:manage'));
      expect(json(withoutUse)).toEqual(rest);
      const stranger = await get(path, await flow.mint.token('stranger'));
      expect([stranger.status, json(stranger)['code']]).toEqual([404, 'issuance_not_found']);
    },
    SLOW_MS,
  );

  it('does not find coupons and issuances that do not exist', async () => {
    const couponId = await flow.createCoupon();
    const answers = [
      [`/v1/coupons/${'z'.repeat(12)}`, 'coupon_not_found'],
      [`/v1/issuances/${couponId}_${'A'.repeat(22)}`, 'issuance_not_found'],
      [`/v1/issuances/${'z'.repeat(12)}_${'A'.repeat(22)}`, 'issuance_not_found'],
    ] as const;

    for (const [path, code] of answers) {
      const reply = await get(path);
      expect([reply.status, json(reply)['code']]).toEqual([404, code]);
    }
    expect(await flow.shoppers.claim('z'.repeat(12), 'lost')).toMatchObject({
      status: 404,
      code: 'coupon_not_found',
    });
  });
});
