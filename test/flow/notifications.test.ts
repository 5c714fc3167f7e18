import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CleanUp } from '../support/clean-up.ts';
import { couponBody } from '../support/coupons.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { broken, Flow } from '../support/flow.ts';
import { json } from '../support/http-client.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { startOwnServers } from '../support/own-servers.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;

const NOTIFICATIONS = {
  users: { channels: ['email'], events: ['issued', 'redeemed', 'expiring'], remindHoursBefore: 48 },
  operators: { channels: ['slack'], events: ['sold_out', 'summary'] },
  templates: { issued: { ko: { subject: '{{couponName}}', body: '코드: {{code}}' } } },
};

const cleanUp = new CleanUp();
let flow: Flow;
let superuser: LedgerReader;

beforeAll(async () => {
  const own = cleanUp.add(await startOwnServers(), (started) => started.remove());
  const functions = { NOTIFY_CHANNELS: 'email,slack,webhook' };
  const variables = { COUPON_FUNCTION_VARIABLES: JSON.stringify(functions) };
  flow = cleanUp.add(await Flow.startOn(own, { variables }), (started) => started.remove());
  const { databaseAdminUrl } = own.endpoints;
  superuser = cleanUp.add(new LedgerReader(databaseAdminUrl), (opened) => opened.close());
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

/** Sent or not: that depends on the channels. */
async function told(couponId: string): Promise<string[]> {
  const pages = await Promise.all(
    ['waiting', 'sent', 'nobody', 'parked'].map((state) =>
      flow.http.get(`/v1/notifications?couponId=${couponId}&state=${state}`, flow.operatorToken),
    ),
  );
  return pages
    .flatMap((page) => json(page)['items'] as { event: string; channel: string }[])
    .map(({ event, channel }) => `${event} ${channel}`)
    .toSorted();
}

const post = (path: string) => flow.http.post(path, flow.operatorToken, {});

it(
  'whoever a coupon names is told what happens to it, from its first issuance to its end',
  async () => {
    const couponId = await flow.createCoupon({ quantity: 1, notifications: NOTIFICATIONS });
    const issuanceId = await flow.issue(couponId, 'anna');
    await flow.checkout.redeem(issuanceId, 'order-1');
    await until('what happened is told', 10_000, async () =>
      (await told(couponId)).length === 3 ? true : undefined,
    );
    expect(await told(couponId)).toEqual(['issued email', 'redeemed email', 'sold_out slack']);
    await post(`/v1/coupons/${couponId}/close`);
    await until('the end is told', 20_000, async () =>
      (await told(couponId)).includes('summary slack') ? true : undefined,
    );
    expect(broken(await flow.invariants(couponId))).toEqual([]);
  },
  SLOW_MS,
);

describe('what a coupon tells of', () => {
  it(
    'is shown to operators as they said it, and not to shoppers',
    async () => {
      const couponId = await flow.createCoupon({ notifications: NOTIFICATIONS });
      const path = `/v1/coupons/${couponId}`;
      for (let polls = 0; polls < 2; polls += 1) {
        const shown = json(await flow.http.get(path, flow.operatorToken));
        expect(shown['notifications']).toEqual(NOTIFICATIONS);
      }
      const anna = await flow.mint.token('anna', 'coupons:use');
      expect(json(await flow.http.get(path, anna))).not.toHaveProperty('notifications');
    },
    SLOW_MS,
  );

  it(
    'can be changed, and taken back; the audit names the templates',
    async () => {
      const couponId = await flow.createCoupon({ notifications: NOTIFICATIONS });
      const path = `/v1/coupons/${couponId}`;
      const change = async (notifications: unknown) =>
        json(
          await flow.http.send({
            method: 'PATCH',
            path,
            token: flow.operatorToken,
            headers: { 'content-type': 'application/json' },
            body: Buffer.from(JSON.stringify({ notifications })),
          }),
        )['notifications'];
      expect(await change({ ...NOTIFICATIONS, templates: {} })).toMatchObject({ templates: {} });
      expect(await change(null)).toBeUndefined();
      expect(await change(null)).toBeUndefined();
      const audit = await flow.http.get(`/v1/audit?couponId=${couponId}`, flow.operatorToken);
      expect(json(audit)['items']).toMatchObject([
        { details: { after: { notifications: null } } },
        { details: { before: { notifications: { templates: ['issued.ko'] } } } },
        { action: 'coupon.created' },
      ]);
    },
    SLOW_MS,
  );

  it.each([
    ['sns', { operators: { channels: ['sns'], events: ['sold_out'] } }, '/operators/channels/0'],
    [
      'an unknown placeholder',
      { templates: { issued: { en: { subject: 'Hi', body: 'Dear {{password}}' } } } },
      '/templates/issued/en/body',
    ],
    [
      'an event twice',
      { users: { channels: ['email'], events: ['issued', 'issued'] } },
      '/users/events',
    ],
    ['no channel', { users: { channels: [], events: ['issued'] } }, '/users/channels'],
    [
      'an event of users for operators',
      { operators: { channels: ['slack'], events: ['issued'] } },
      '/operators/events/0',
    ],
  ])('is refused with %s', async (_name, notifications, pointer) => {
    for (const language of ['en', 'ko']) {
      const body = couponBody({ notifications });
      const headers = { 'accept-language': language };
      const reply = await flow.http.post('/v1/coupons', flow.operatorToken, body, headers);
      expect(reply.status).toBe(400);
      const errors = json(reply)['errors'] as { pointer: string; detail: string }[];
      expect(errors.map((error) => error.pointer)).toEqual([`/notifications${pointer}`]);
      expect(/[가-힣]/.test(String(errors[0]?.detail))).toBe(language === 'ko');
    }
  });
});

it(
  'what is parked is listed, replayed and discarded by operators alone',
  async () => {
    const couponId = await flow.createCoupon({ notifications: NOTIFICATIONS });
    await superuser.run(
      `INSERT INTO notifications (event, channel, subject, coupon_id, state, tries, reason, settled_at)
       SELECT 'sold_out', 'slack', $1 || '@test-' || n, $1, 'parked', 12, 'status 500', now()
       FROM generate_series(1, 2) AS n`,
      [couponId],
    );
    const path = `/v1/notifications?couponId=${couponId}`;
    const items = json(await flow.http.get(path, flow.operatorToken))['items'];
    const ids = (items as { id: string }[]).map(({ id }) => id);
    expect(items).toMatchObject([{ state: 'parked', reason: 'status 500' }, { tries: 12 }]);
    expect(json(await post(`/v1/notifications/${ids[0] ?? ''}/replay`))).toMatchObject({
      id: ids[0],
      state: 'waiting',
      tries: 0,
    });
    for (let times = 0; times < 2; times += 1) {
      const discarded = json(await post(`/v1/notifications/${ids[1] ?? ''}/discard`));
      expect(discarded).toMatchObject({ id: ids[1], state: 'discarded', discardedBy: 'operator' });
    }
    for (const id of ['0', 'x', '999999999']) {
      expectProblem(await post(`/v1/notifications/${id}/replay`), {
        status: 404,
        code: 'notification_not_found',
      });
    }
    const anna = await flow.mint.token('anna', 'coupons:use');
    expectProblem(await flow.http.get('/v1/notifications', anna), {
      status: 403,
      code: 'insufficient_scope',
    });
    expectProblem(await flow.http.get('/v1/notifications?state=x', flow.operatorToken), {
      status: 400,
      code: 'invalid_request',
    });
  },
  SLOW_MS,
);
