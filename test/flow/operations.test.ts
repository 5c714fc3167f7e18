import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditPage } from '../../lambdas/api/audit.ts';
import { exportPage } from '../../lambdas/api/export.ts';
import { quarantinePage, quarantineReply } from '../../lambdas/api/quarantine.ts';
import { CleanUp } from '../support/clean-up.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { Flow } from '../support/flow.ts';
import { createGrant } from '../support/grants.ts';
import type { HttpReply } from '../support/http-client.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { startOwnServers } from '../support/own-servers.ts';
import { publishRecord } from '../support/publish-record.ts';
import { parseStrictCsv } from '../support/strict-csv.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;

const cleanUp = new CleanUp();
let flow: Flow;
/** Writes rows as the record function would, only faster. */
let superuser: LedgerReader;

beforeAll(async () => {
  const own = cleanUp.add(await startOwnServers(), (started) => started.remove());
  flow = cleanUp.add(await Flow.startOn(own), (started) => started.remove());
  const { databaseAdminUrl } = own.endpoints;
  superuser = cleanUp.add(new LedgerReader(databaseAdminUrl), (opened) => opened.close());
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

const get = (path: string, token = flow.operatorToken): Promise<HttpReply> =>
  flow.http.get(path, token);

describe('an export', () => {
  const pathOf = (couponId: string, query = ''): string =>
    `/v1/coupons/${couponId}/issuances${query}`;

  /** As a client would that knows nothing but the links. */
  async function followLinks(path: string, between: () => Promise<unknown>): Promise<HttpReply[]> {
    const replies: HttpReply[] = [];
    let next: string | undefined = path;
    while (next !== undefined) {
      const reply: HttpReply = await get(next);
      expect(reply.status).toBe(200);
      replies.push(reply);
      next = /^<([^>]+)>; rel="next"$/.exec(String(reply.headers['link'] ?? ''))?.[1];
      await between();
    }
    return replies;
  }

  it(
    'of 10,000 rows is one CSV file, in pages, while rows are being added',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 100_000 });
      const hostile = '=HYPERLINK("http://x","y"),\r\n홍길동-';
      await superuser.insert(couponId, { count: 9_900 });
      await superuser.insert(couponId, { count: 100, from: 9_901, userPrefix: hostile });
      let from = 10_001;
      const replies = await followLinks(pathOf(couponId, '?format=csv&limit=2500'), async () => {
        await superuser.insert(couponId, { count: 300, from, userPrefix: 'late-' });
        from += 300;
      });

      expect(replies.length).toBeGreaterThan(3);
      expect(replies.map(({ headers }) => headers['content-type'])).toEqual(
        replies.map((_, i) => `text/csv; charset=utf-8; header=${i === 0 ? 'present' : 'absent'}`),
      );
      const [header, ...records] = parseStrictCsv(replies.map(({ text }) => text).join(''));
      expect(header).toEqual([
        'id',
        'userId',
        'state',
        'sequence',
        'acceptedAt',
        'issuedAt',
        'validFrom',
        'validUntil',
        'orderId',
        'redeemedAt',
      ]);
      const ids = records.map(([id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const early = records.filter(([, userId]) => !userId?.startsWith('late-'));
      expect(early).toHaveLength(10_000);
      expect(early.map((record) => Number(record[3]))).toEqual(
        Array.from({ length: 10_000 }, (_, i) => i + 1),
      );
      expect(early.at(-1)?.[1]).toBe(`'${hostile}10000`);
      expect(new Set(records.map((record) => record[2]))).toEqual(new Set(['issued']));
      expect(replies.map(({ text }) => text).join('')).not.toMatch(/[0-9A-HJKMNP-TV-Z]{26}/);
    },
    SLOW_MS,
  );

  it(
    'is the same in JSON, with the ids as they are',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 10_000 });
      await superuser.insert(couponId, { count: 2_345, userPrefix: '=1+1-' });
      const sequences: number[] = [];
      let cursor: string | null = null;
      do {
        const query = cursor === null ? '' : `?cursor=${cursor}`;
        const reply = await get(pathOf(couponId, query));
        const page = exportPage.parse(JSON.parse(reply.text));
        expect(page.items.length).toBeLessThanOrEqual(1_000);
        for (const item of page.items) expect(item.userId).toBe(`=1+1-${item.sequence}`);
        sequences.push(...page.items.map(({ sequence }) => sequence));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(sequences).toEqual(Array.from({ length: 2_345 }, (_, i) => i + 1));
    },
    SLOW_MS,
  );

  it(
    'has pages of 5,000 that the load balancer lets through, also of users with the longest names',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 10_000 });
      await superuser.insert(couponId, { count: 5_100, userPrefix: '"'.repeat(250) });
      for (const format of ['json', 'csv']) {
        const reply = await get(pathOf(couponId, `?format=${format}&limit=5000`));
        expect(reply.status).toBe(200);
        expect(reply.text.length).toBeGreaterThan(400_000);
      }
    },
    SLOW_MS,
  );

  it('of a coupon that nobody has is empty: a header and nothing else', async () => {
    const couponId = await flow.createCoupon();
    const csv = await get(pathOf(couponId, '?format=csv'));
    expect(csv.text).toBe(
      'id,userId,state,sequence,acceptedAt,issuedAt,validFrom,validUntil,orderId,redeemedAt\r\n',
    );
    expect(csv.headers).not.toHaveProperty('link');
    const reply = await get(pathOf(couponId));
    expect(JSON.parse(reply.text)).toEqual({ items: [], nextCursor: null });
  });

  it('is in the audit once, whatever its pages, and no page is to be had without it', async () => {
    const couponId = await flow.createCoupon({ quantity: 100 });
    await superuser.insert(couponId, { count: 10 });
    const [first] = await followLinks(pathOf(couponId, '?format=csv&limit=4'), () =>
      Promise.resolve(),
    );
    const audit = auditPage.parse(JSON.parse((await get(`/v1/audit?couponId=${couponId}`)).text));
    expect(audit.items.map(({ action, actor, details }) => [action, actor, details])).toEqual([
      ['issuances.exported', 'operator', { format: 'csv' }],
      ['coupon.created', 'operator', {}],
    ]);
    const cursor = String(first?.headers['x-next-cursor']);
    const invalid = { status: 400, code: 'invalid_cursor' };
    const another = await flow.mint.token('another-operator', 'coupons:manage');
    expectProblem(await get(pathOf(couponId, `?cursor=${cursor}`), another), invalid);
    const elsewhere = await flow.createCoupon();
    expectProblem(await get(pathOf(elsewhere, `?cursor=${cursor}`)), invalid);
    const made = Buffer.from(JSON.stringify(['1', 1, `${couponId}_${'A'.repeat(22)}`]));
    for (const wrong of [made.toString('base64url'), 'x', '']) {
      expectProblem(await get(pathOf(couponId, `?cursor=${wrong}`)), invalid);
    }
  });

  it('is an operator’s, of a coupon that there is, in pages of up to 5,000', async () => {
    const couponId = await flow.createCoupon();
    const shopper = await flow.mint.token('shopper');
    const denied = { status: 403, code: 'insufficient_scope' };
    expectProblem(await get(pathOf(couponId), shopper), denied);
    const unknown = { status: 404, code: 'coupon_not_found' };
    expectProblem(await get(pathOf('z'.repeat(12))), unknown);
    expectProblem(await get(pathOf('x', '?format=csv')), unknown);
    for (const query of ['limit=0', 'limit=5001', 'limit=1e3', 'format=xml', 'limit=1&limit=2']) {
      const name = `?${query.split('=')[0] ?? ''}`;
      const reply = await get(pathOf(couponId, `?${query}`));
      expectProblem(reply, { status: 400, code: 'invalid_request', pointers: [name] });
    }
  });
});

describe('the audit', () => {
  it('is read by operators, newest first, by coupon and by actor, in pages', async () => {
    const mia = await flow.mint.token('mia', 'coupons:manage');
    const { operatorToken } = flow;
    const couponId = await flow.createCoupon();
    const grantId = await createGrant(flow, couponId, ['anna', 'ben']);
    await get(`/v1/coupons/${couponId}/issuances`, mia);
    const read = async (query: string, token = operatorToken) =>
      auditPage.parse(JSON.parse((await get(`/v1/audit?${query}`, token)).text));

    const all = await read(`couponId=${couponId}`);
    expect(all.items.map(({ action }) => action)).toEqual([
      'issuances.exported',
      'grant.created',
      'coupon.created',
    ]);
    expect(all.items[1]).toMatchObject({
      actor: 'operator',
      couponId,
      subject: grantId,
      details: { users: 2, duplicates: 0 },
      requestId: expect.stringMatching(/^1-/) as unknown,
    });
    expect(JSON.stringify(all)).not.toContain('anna');
    const byMia = await read(`actor=mia&couponId=${couponId}`, mia);
    expect(byMia.items).toEqual([all.items[0]]);
    const first = await read(`couponId=${couponId}&limit=2`);
    expect(first.items).toEqual(all.items.slice(0, 2));
    const last = await read(`couponId=${couponId}&limit=2&cursor=${first.nextCursor ?? ''}`);
    expect(last).toEqual({ items: all.items.slice(2), nextCursor: null });
  });

  it('is for operators only, and refuses what makes no sense', async () => {
    const shopper = await flow.mint.token('shopper', 'coupons:use coupons:checkout');
    const denied = { status: 403, code: 'insufficient_scope' };
    expectProblem(await get('/v1/audit', shopper), denied);
    expectProblem(await get('/v1/quarantine', shopper), denied);
    const wrong = { status: 400, code: 'invalid_request' };
    expectProblem(await get('/v1/audit?couponId=x'), { ...wrong, pointers: ['?couponId'] });
    expectProblem(await get('/v1/audit?actor='), { ...wrong, pointers: ['?actor'] });
    expectProblem(await get('/v1/audit?limit=101'), { ...wrong, pointers: ['?limit'] });
    const cursors = [
      'x',
      Buffer.from('["0"]').toString('base64url'),
      Buffer.from(`["${'9'.repeat(19)}"]`).toString('base64url'),
    ];
    for (const cursor of cursors) {
      for (const path of ['/v1/audit', '/v1/quarantine']) {
        const reply = await get(`${path}?cursor=${cursor}`);
        expectProblem(reply, { status: 400, code: 'invalid_cursor' });
      }
    }
  });
});

describe('the quarantine', () => {
  const list = async (query = '') =>
    quarantinePage.parse(JSON.parse((await get(`/v1/quarantine${query}`)).text));
  const discard = (id: string, token = flow.operatorToken): Promise<HttpReply> =>
    flow.http.send({ method: 'POST', path: `/v1/quarantine/${id}/discard`, token });

  it(
    'shows poison to operators, who discard it once',
    async () => {
      await publishRecord(flow.stack.endpoints, 'a key', 'no JSON at all');
      const [item] = await until('it is in quarantine', 20_000, async () => {
        const { items } = await list('?reason=malformed');
        return items.length > 0 ? items : undefined;
      });
      expect(item).toMatchObject({
        topic: flow.stack.endpoints.topic,
        reason: 'malformed',
        detail: 'not JSON',
        couponId: null,
        key: Buffer.from('a key').toString('base64'),
        value: Buffer.from('no JSON at all').toString('base64'),
        valueBytes: 14,
        discardedAt: null,
      });
      const id = item?.id ?? '';
      expectProblem(await discard(id, await flow.mint.token('shopper')), {
        status: 403,
        code: 'insufficient_scope',
      });

      const mia = await flow.mint.token('mia', 'coupons:manage');
      const first = await discard(id, mia);
      const again = await discard(id);
      expect([first.status, again.status, again.text]).toEqual([200, 200, first.text]);
      expect(quarantineReply.parse(JSON.parse(first.text))).toMatchObject({
        id,
        discardedBy: 'mia',
      });
      expect((await list()).items.map((each) => each.id)).not.toContain(id);
      expect((await list('?discarded=true')).items.map((each) => each.id)).toContain(id);
      const audit = auditPage.parse(JSON.parse((await get('/v1/audit?actor=mia')).text));
      const discards = audit.items.filter(({ action }) => action === 'quarantine.discarded');
      expect(discards.map(({ subject }) => subject)).toEqual([id]);
    },
    SLOW_MS,
  );

  it('shows a full page of the hugest poison: a reply of more than 1 MB would be a 502', async () => {
    const ledger = new LedgerReader(flow.stack.endpoints.databaseUrl);
    const huge = `INSERT INTO quarantine (topic, "partition", "offset", key, value, headers, reason, detail)
      SELECT 'huge', 0, n, convert_to(repeat('k', 100000), 'UTF8'),
        convert_to(repeat('v', 900000), 'UTF8'), '[]', 'malformed', 'not UTF-8'
      FROM generate_series(1, 100) AS n`;
    expect(await ledger.run(huge)).toBe(100);
    await ledger.close();
    const page = await list('?limit=100');
    expect(page.items.map(({ topic, valueBytes }) => [topic, valueBytes])).toEqual(
      Array.from({ length: 100 }, () => ['huge', 900_000]),
    );
  });

  it('has nothing to discard that is not in it', async () => {
    for (const id of ['999999999', '0', '-1', 'x', '1.5', '9'.repeat(30)]) {
      expectProblem(await discard(id), { status: 404, code: 'not_found' });
    }
  });
});
