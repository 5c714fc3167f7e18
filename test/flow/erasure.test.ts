import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { CleanUp } from '../support/clean-up.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { broken, Flow } from '../support/flow.ts';
import { createGrant, grantOf } from '../support/grants.ts';
import { json, type HttpReply } from '../support/http-client.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { pauseRecording, resumeRecording } from '../../local/recording.ts';
import { keysNaming, tablesNaming } from '../support/traces.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;
const HOUR_MS = 60 * 60 * 1000;

describe('the erasure of a user', () => {
  const cleanUp = new CleanUp();
  let flow: Flow;
  let ledger: LedgerReader;
  let database: pg.Client;

  beforeAll(async () => {
    flow = cleanUp.add(await Flow.start(), (started) => started.remove());
    const { databaseUrl } = flow.stack.endpoints;
    ledger = cleanUp.add(new LedgerReader(databaseUrl), (opened) => opened.close());
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    database = cleanUp.add(client, (connected) => connected.end());
  }, SLOW_MS);

  afterAll(() => cleanUp.run(), SLOW_MS);

  const erase = (userId: string, token = flow.operatorToken): Promise<HttpReply> =>
    flow.http.send({ method: 'DELETE', path: `/v1/users/${encodeURIComponent(userId)}`, token });

  const asOperator = (path: string): Promise<HttpReply> => flow.http.get(path, flow.operatorToken);

  async function traces(userId: string): Promise<string[]> {
    const keys = await keysNaming(flow.stack.endpoints.valkey, userId);
    return [...(await tablesNaming(database, userId)), ...keys];
  }

  function issued(couponId: string, count: number): Promise<true> {
    return until(`${count} are issued`, 10_000, async () =>
      (await ledger.rows(couponId)).length === count ? true : undefined,
    );
  }

  it(
    'leaves no trace of the id in tables, at gates and in replies; counts and limits stay',
    async () => {
      const user = 'Erika Mustermann|1 "에리카"/é';
      const once = await flow.createCoupon({ quantity: 20 });
      const twice = await flow.createCoupon({ quantity: 20, perUserLimit: 2 });
      const later = await flow.createCoupon({
        issueStartsAt: new Date(Date.now() + HOUR_MS / 2).toISOString(),
      });
      const grantId = await createGrant(flow, later, [user, 'other']);
      const first = await flow.shoppers.claim(once, user);
      const [one, two] = [
        await flow.shoppers.claim(twice, user, 'k1'),
        await flow.shoppers.claim(twice, user, 'k2'),
      ];
      await flow.shoppers.claim(once, 'other');
      await issued(once, 2);
      await issued(twice, 2);
      const gates = [once, twice].toSorted().map((couponId) => `gate:{${couponId}}:claims`);
      expect(await traces(user)).toEqual(['grant_users', 'issuances', ...gates]);
      const counts = await ledger.counts();

      const reply = await erase(user);

      expect([reply.status, reply.text]).toEqual([204, '']);
      expect(await traces(user)).toEqual([]);
      expect(await ledger.counts()).toEqual(counts);
      expect(await grantOf(flow, grantId)).toMatchObject({ total: 2, erased: 1, pending: 1 });
      const exported = await asOperator(`/v1/coupons/${once}/issuances`);
      expect(exported.text).not.toContain('Mustermann');
      expect(json(exported)['items']).toHaveLength(2);
      expect((await asOperator('/v1/audit?limit=100')).text).not.toContain('Mustermann');

      // The limit holds: the one there was is shown, as nobody's, and its code to nobody.
      const again = await flow.shoppers.claim(once, user);
      expect(again).toMatchObject({
        status: 200,
        issuance: { id: first.issuance?.id, userId: null },
      });
      const sameKey = await flow.shoppers.claim(twice, user, 'k1');
      expect(sameKey).toMatchObject({
        status: 200,
        issuance: { id: one.issuance?.id, userId: null },
      });
      expect(await flow.shoppers.claim(twice, user, 'k3')).toMatchObject({
        status: 409,
        code: 'user_limit_reached',
      });
      const path = `/v1/issuances/${two.issuance?.id ?? ''}`;
      const formerOwner = await flow.http.get(path, await flow.shoppers.token(user));
      expectProblem(formerOwner, { status: 404, code: 'issuance_not_found' });
      expect(json(await asOperator(path))).toMatchObject({ userId: null, state: 'issued' });

      // Neither what was answered now, nor a second erasure, nor a rebuilt gate brings it back.
      expect((await erase(user)).status).toBe(204);
      const valkey = await flow.stack.pid('valkey');
      process.kill(valkey, 'SIGKILL');
      await flow.shoppers.claimUntilSettled(once, 'after-the-rebuild');
      const muchLater = await flow.shoppers.claim(once, user);
      expect(muchLater).toMatchObject({ status: 200, issuance: { userId: null, state: 'issued' } });
      expect(muchLater.issuance).not.toHaveProperty('code');
      const ofAnother = await flow.shoppers.claim(once, 'other');
      expect(ofAnother.issuance).toHaveProperty('code');
      expect(broken(await flow.invariants(once, twice))).toEqual([]);
      expect(await traces(user)).toEqual([]);
      const nameless = 'SELECT FROM issuances WHERE coupon_id = $1 AND user_id IS NULL';
      expect(await ledger.run(nameless, [once])).toBe(1);
    },
    SLOW_MS,
  );

  it(
    'reaches claims that are accepted and not yet stored: their rows have no name, nor have their gates',
    async () => {
      const user = 'in-flight-of-the-test';
      const once = await flow.createCoupon();
      const twice = await flow.createCoupon({ perUserLimit: 2 });
      await pauseRecording(flow.stack.endpoints);
      const claims = [
        await flow.shoppers.claim(once, user),
        await flow.shoppers.claim(twice, user, 'a-key-that-nobody-remembers'),
      ];
      expect(claims.map(({ status }) => status)).toEqual([202, 202]);

      expect((await erase(user)).status).toBe(204);

      expect(await keysNaming(flow.stack.endpoints.valkey, user)).toEqual([]);
      await resumeRecording(flow.stack.endpoints);
      await issued(once, 1);
      await issued(twice, 1);
      expect(await traces(user)).toEqual([]);
      expect(broken(await flow.invariants(once, twice))).toEqual([]);
    },
    SLOW_MS,
  );

  it('is a 204 for users who are unknown, and in the audit by key only', async () => {
    const couponId = await flow.createCoupon();
    for (const user of ['nobody-ever', 'nobody-ever', '100% sure?', 'x'.repeat(255)]) {
      expect((await erase(user)).status).toBe(204);
    }
    const audit = json(await asOperator('/v1/audit?limit=4'))['items'] as Record<string, unknown>[];
    expect(audit.map(({ action }) => action)).toEqual(Array(4).fill('user.erased'));
    expect(new Set(audit.map(({ subject }) => subject)).size).toBe(3);
    expect(audit.map(({ subject }) => String(subject))).toEqual(
      Array(4).fill(expect.stringMatching(/^[\w-]{22}$/)),
    );
    expect((await flow.shoppers.claim(couponId, 'someone')).status).toBe(202);
  });

  it('is none of what is no user’s id, and an operator’s alone', async () => {
    const notFound = { status: 404, code: 'not_found' };
    for (const segment of ['%00', '%FF', '%', '%ED%A0%80', 'x'.repeat(256), 'a/b']) {
      const path = `/v1/users/${segment}`;
      const reply = await flow.http.send({ method: 'DELETE', path, token: flow.operatorToken });
      expectProblem(reply, notFound);
    }
    const shopper = await flow.mint.token('shopper');
    expectProblem(await erase('shopper', shopper), { status: 403, code: 'insufficient_scope' });
  });
});
