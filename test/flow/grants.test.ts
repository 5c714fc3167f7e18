import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TELLING } from '../support/coupons.ts';
import { CleanUp } from '../support/clean-up.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { broken, Flow } from '../support/flow.ts';
import { createGrant, grantIsDone, grantOf, postGrant } from '../support/grants.ts';
import { json } from '../support/http-client.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { users } from '../support/shoppers.ts';
import { isAlive } from '../support/stack.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 180_000;
const HOUR_MS = 60 * 60 * 1000;

describe('grants', () => {
  const cleanUp = new CleanUp();
  let flow: Flow;
  let ledger: LedgerReader;

  beforeAll(async () => {
    flow = cleanUp.add(await Flow.start(), (started) => started.remove());
    const { databaseUrl } = flow.stack.endpoints;
    ledger = cleanUp.add(new LedgerReader(databaseUrl), (opened) => opened.close());
  }, SLOW_MS);

  afterAll(() => cleanUp.run(), SLOW_MS);

  it(
    'give each user of a list one, whoever has it already keeps the one they have',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 200 });
      const early = await flow.shoppers.claim(couponId, 'guest-7');
      const guests = users('guest', 120);
      const id = await createGrant(flow, couponId, [...guests, 'guest-1', 'guest-2', 'guest-1']);

      const grant = await grantIsDone(flow, id);

      expect(grant).toMatchObject({
        couponId,
        total: 120,
        duplicates: 3,
        accepted: 119,
        alreadyHad: 1,
        refused: {},
        pending: 0,
      });
      // To its users it is an issuance like any other.
      const again = await flow.shoppers.claim(couponId, 'guest-7');
      expect([again.status, again.issuance?.id]).toEqual([200, early.issuance?.id]);
      const given = await flow.shoppers.claim(couponId, 'guest-8');
      expect([given.status, given.issuance?.userId]).toEqual([200, 'guest-8']);
      expect(broken(await flow.invariants(couponId))).toEqual([]);
      const rows = await ledger.rows(couponId);
      expect(rows.map(({ userId }) => userId).toSorted()).toEqual(guests.toSorted());
    },
    SLOW_MS,
  );

  it(
    'wait for the window to begin, and are none once it is over',
    async () => {
      const opensAt = Date.now() + 6_000;
      const scheduled = await flow.createCoupon({ issueStartsAt: new Date(opensAt).toISOString() });
      const early = await createGrant(flow, scheduled, users('early', 3));
      expect(await grantOf(flow, early)).toMatchObject({ state: 'pending', pending: 3 });
      const ended = await flow.createCoupon({
        issueStartsAt: new Date(Date.now() - 2 * HOUR_MS).toISOString(),
        issueEndsAt: new Date(Date.now() - HOUR_MS).toISOString(),
      });
      const refused = await postGrant(flow, ended, ['anna']);
      expectProblem(refused, { status: 409, code: 'issue_ended' });

      const grant = await grantIsDone(flow, early);
      expect(grant).toMatchObject({ accepted: 3 });
      expect(Date.parse(grant.finishedAt ?? '')).toBeGreaterThanOrEqual(opensAt - 1_000);
      expect(broken(await flow.invariants(scheduled))).toEqual([]);
    },
    SLOW_MS,
  );

  it('give one more to each, where a user may have several', async () => {
    const couponId = await flow.createCoupon({ quantity: 20, perUserLimit: 2 });
    await flow.shoppers.claim(couponId, 'keen', 'k1');
    await flow.shoppers.claim(couponId, 'keener', 'k1');
    await flow.shoppers.claim(couponId, 'keener', 'k2');
    const first = await createGrant(flow, couponId, ['keen', 'keener', 'new']);
    expect(await grantIsDone(flow, first)).toMatchObject({
      accepted: 2,
      alreadyHad: 0,
      refused: { user_limit_reached: 1 },
    });
    const second = await createGrant(flow, couponId, ['new']);
    expect(await grantIsDone(flow, second)).toMatchObject({ accepted: 1 });
    expect(broken(await flow.invariants(couponId))).toEqual([]);
    const rows = await ledger.rows(couponId);
    expect(rows.filter(({ userId }) => userId === 'new')).toHaveLength(2);
    expect(rows).toHaveLength(6);
  });

  it.each([
    ['no list', undefined, ['/userIds']],
    ['an empty list', [], ['/userIds']],
    ['a name', 'anna', ['/userIds']],
    ['one that is no name among others', ['a', 'b', 'c', '', 'e'], ['/userIds/3']],
    ['a number', ['a', 7], ['/userIds/1']],
    ['one that is too long', ['x'.repeat(256)], ['/userIds/0']],
    ['a NUL and half of a surrogate pair', ['a\u0000', '\ud800'], ['/userIds/0', '/userIds/1']],
    ['10,001 users', users('u', 10_001), ['/userIds']],
  ])('take no list of users that is wrong: %s', async (_, userIds, pointers) => {
    const couponId = await flow.createCoupon();
    const reply = await postGrant(flow, couponId, userIds);
    expectProblem(reply, { status: 400, code: 'invalid_request', pointers });
  });

  it('take 10,000 users and more, when some come twice, and no more than 512 KB', async () => {
    const couponId = await flow.createCoupon({
      quantity: 1,
      issueEndsAt: new Date(Date.now() + 15_000).toISOString(),
    });
    const crowd = users('u', 10_000);
    const reply = await postGrant(flow, couponId, [...crowd, ...crowd.slice(0, 500)]);
    expect([reply.status, json(reply)]).toMatchObject([202, { total: 10_000, duplicates: 500 }]);
    const tooMuch = await postGrant(flow, couponId, users('x'.repeat(200), 3_000));
    expectProblem(tooMuch, { status: 413, code: 'payload_too_large' });
  });

  it('are an operator’s, of coupons and grants that there are', async () => {
    const couponId = await flow.createCoupon();
    const shopper = await flow.mint.token('shopper');
    const path = `/v1/coupons/${couponId}/grants`;
    const body = { userIds: ['anna'] };
    const denied = { status: 403, code: 'insufficient_scope' };
    expectProblem(await flow.http.post(path, shopper, body), denied);
    expectProblem(await flow.http.get('/v1/grants/x', shopper), denied);
    const unknown = { status: 404, code: 'coupon_not_found' };
    for (const id of ['z'.repeat(12), 'NOT-A-COUPON']) {
      expectProblem(await postGrant(flow, id, ['anna']), unknown);
    }
    for (const id of ['A'.repeat(22), 'short', `${'A'.repeat(22)}A`, '%00']) {
      const reply = await flow.http.get(`/v1/grants/${id}`, flow.operatorToken);
      expectProblem(reply, { status: 404, code: 'grant_not_found' });
    }
  });
});

describe('a grant of 2,000 users over 1,500 units, while shoppers claim', () => {
  const cleanUp = new CleanUp();
  let flow: Flow;
  let ledger: LedgerReader;

  beforeAll(async () => {
    flow = cleanUp.add(await Flow.start({ environments: 2 }), (started) => started.remove());
    const { databaseUrl } = flow.stack.endpoints;
    ledger = cleanUp.add(new LedgerReader(databaseUrl), (opened) => opened.close());
  }, SLOW_MS);

  afterAll(() => cleanUp.run(), SLOW_MS);

  it(
    'ends done, its worker and then Valkey killed midway, and gives nobody two and nothing twice',
    async () => {
      const couponId = await flow.createCoupon({ ...TELLING, quantity: 1_500 });
      const list = users('listed', 2_000);
      // Some of those who press the button are on the list.
      const crowd = [...users('shopper', 150), ...list.slice(900, 1_000), ...list.slice(1_950)];
      await flow.shoppers.prepare(crowd);
      const given = async (): Promise<number> => {
        const { accepted, alreadyHad } = await grantOf(flow, id);
        return accepted + alreadyHad;
      };

      const id = await createGrant(flow, couponId, list);
      const claims = crowd.map((user) => flow.shoppers.claimUntilSettled(couponId, user));
      await until('a third is given', 60_000, async () => (await given()) > 500 || undefined);
      const victims = await environmentsOf(flow, 'grant');
      expect(victims.length).toBeGreaterThan(0);
      for (const pid of victims) process.kill(pid, 'SIGKILL');
      const atTheKill = await given();
      await until('it goes on', 60_000, async () => (await given()) > atTheKill + 100 || undefined);
      expect(victims.filter(isAlive)).toEqual([]);
      process.kill(await flow.stack.pid('valkey'), 'SIGKILL');
      expect(await grantOf(flow, id)).toMatchObject({ state: 'pending' });
      const settled = await Promise.all(claims);
      const grant = await grantIsDone(flow, id, 120_000);
      // An environment that slept through Valkey's death has to find that out first.
      const late = await flow.shoppers.claimUntilSettled(couponId, 'too-late');
      expect(late).toMatchObject({ code: 'sold_out' });

      const reports = await flow.invariants(couponId);
      expect(broken(reports)).toEqual([]);
      expect(reports.filter(({ checked }) => checked === 0)).toEqual([]);
      const rows = await ledger.rows(couponId);
      expect(rows).toHaveLength(1_500);
      expect(new Set(rows.map(({ userId }) => userId)).size).toBe(1_500);
      const listed = rows.filter(({ userId }) => userId.startsWith('listed'));
      expect(grant.accepted + grant.alreadyHad).toBe(listed.length);
      expect(grant.refused).toEqual({ sold_out: 2_000 - listed.length });
      // Whom the grant overtook is told 200, whom it did not 202; all the others that nothing is left.
      expect(
        settled
          .map(({ status }) => status)
          .filter((status) => ![200, 202, 409].includes(status ?? 0)),
      ).toEqual([]);
    },
    SLOW_MS,
  );
});

async function environmentsOf(flow: Flow, functionName: string): Promise<number[]> {
  const pids = await flow.stack.pids();
  return [...pids]
    .filter(([name]) => name.startsWith(`environment-${functionName}-`))
    .map(([, pid]) => pid);
}
