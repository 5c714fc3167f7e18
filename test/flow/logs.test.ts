import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { LOG_QUERIES, SOME_ISSUANCE, SOME_REQUEST } from '../../lib/logs/queries.ts';
import { statePaths } from '../../local/state.ts';
import { TELLING } from '../support/coupons.ts';
import { CleanUp } from '../support/clean-up.ts';
import { Flow } from '../support/flow.ts';
import { foundBy, functionsLog, linesOf, type LoggedLine } from '../support/functions-log.ts';
import { HOSTILE_USER, hopelessTokens } from '../support/hostile-tokens.ts';
import { json } from '../support/http-client.ts';
import { leaksOf } from '../support/leaks.ts';
import { recordOf } from '../support/log-entries.ts';
import { publishRecord } from '../support/publish-record.ts';
import { users, type ClaimReply } from '../support/shoppers.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 240_000;
const PATIENCE_MS = 30_000;

/** Names of people as they may come: an address, a telephone number. */
const PEOPLE = ['kim.minji.7f3a@mail.example', '821012345678', 'user-of-the-logs-9c1d'];

const TOLD_OF_REDEMPTIONS = {
  users: { channels: ['webhook'], events: ['redeemed', 'rolled_back'] },
};

describe.each([
  { stack: 'in one process', environments: 0 },
  { stack: 'of two processes a function', environments: 2 },
])('the log of a stack $stack', ({ environments }) => {
  const cleanUp = new CleanUp();
  let flow: Flow;
  let followed = 0;

  beforeAll(async () => {
    flow = cleanUp.add(await Flow.start({ environments }), (started) => started.remove());
  }, SLOW_MS);

  afterAll(() => cleanUp.run(), SLOW_MS);

  const lines = async (): Promise<LoggedLine[]> => linesOf(await functionsLog(flow.stack.stateDir));

  /** Whose first press succeeds: the record has the request of that one. */
  async function acceptedAtOnce(couponId: string): Promise<ClaimReply> {
    return until('a first press succeeds', PATIENCE_MS, async () => {
      followed += 1;
      const reply = await flow.shoppers.claim(couponId, `followed-user-${followed}`);
      return reply.status === 202 ? reply : undefined;
    });
  }

  it(
    'has all lines of a claim by the request id of its reply',
    async () => {
      const couponId = await flow.createCoupon({ ...TELLING, quantity: 1_000 });
      const { reply, issuance } = await acceptedAtOnce(couponId);
      const requestId = String(reply?.headers['x-request-id']);
      expect(requestId).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);

      const found = await until('the claim is recorded', PATIENCE_MS, async () => {
        const all = await lines();
        const its = all.filter((line) => JSON.stringify(line).includes(requestId));
        return its.some((line) => line['message'] === 'notification') ? its : undefined;
      });
      const issuanceId = issuance?.id;
      expect(found.filter((line) => line['function'] === 'issue')).toMatchObject([
        { message: 'claim', requestId, couponId, issuanceId, status: 202, outcome: 'accepted' },
      ]);
      const [recorded] = found.filter((line) => line['message'] === 'batch recorded');
      const [told] = found.filter((line) => line['message'] === 'notification');
      const about = { requestId, couponId, issuanceId, channel: 'webhook', event: 'issued' };
      expect(told).toMatchObject({ ...about, outcome: 'sent' });
      expect(recorded).toMatchObject({ level: 'INFO', message: 'batch recorded' });
      expect(recorded?.['claims']).toContainEqual({ issuanceId, requestId });
    },
    SLOW_MS,
  );

  it(
    'has what is told of a redemption by the request id of its reply, and of its rollback',
    async () => {
      const couponId = await flow.createCoupon({ notifications: TOLD_OF_REDEMPTIONS });
      const issuanceId = await flow.issue(couponId, 'redeeming-user');
      const { checkout } = flow;
      const { reply, redemption } = await checkout.redeemUntilSettled(issuanceId, 'followed-order');
      const rollback = await checkout.rollBack(redemption?.id ?? '');
      const replies = { redeemed: reply, rolled_back: rollback };
      for (const [event, answered] of Object.entries(replies)) {
        const requestId = String(answered?.headers['x-request-id']);
        const messages = await until(`${event} is told`, PATIENCE_MS, async () => {
          const its = (await lines()).filter((line) => line['requestId'] === requestId);
          return its.length > 1 ? its : undefined;
        });
        expect(messages).toMatchObject([
          { function: 'redeem', message: 'request', requestId, issuanceId },
          { message: 'notification', requestId, couponId, issuanceId, event, outcome: 'sent' },
        ]);
      }
    },
    SLOW_MS,
  );

  it(
    'has nothing of a row either where the database is slow or refuses it',
    async () => {
      const couponId = await flow.createCoupon();
      const issuanceId = await flow.issue(couponId, 'row-of-the-logs');
      const client = new pg.Client({ connectionString: flow.stack.endpoints.databaseUrl });
      await client.connect();
      try {
        await client.query('SELECT pg_sleep(1.2), $1::text', ['row-of-the-logs']);
        await expect(
          client.query(`UPDATE issuances SET state = 'lost' WHERE id = $1`, [issuanceId]),
        ).rejects.toMatchObject({ detail: expect.stringContaining('row-of-the-logs') });
      } finally {
        await client.end();
      }
      const written = join(statePaths(flow.stack.stateDir).logs, 'postgres.log');
      await until('the refusal is written', PATIENCE_MS, async () =>
        (await readFile(written, 'utf8')).includes('violates check constraint') ? true : undefined,
      );
      expect(await leaksOf(flow.stack.stateDir)).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'has no token, code, address or user id after a day with everything that goes wrong',
    async () => {
      await aDay(flow);
      for (const server of ['valkey', 'kafka', 'postgres']) {
        process.kill(await flow.stack.pid(server), 'SIGKILL');
        await Promise.all(PEOPLE.map((person) => press(flow, person)));
      }
      const couponId = await flow.createCoupon({ quantity: 30 });
      await Promise.all(
        users('late-user', 20).map((user) => flow.shoppers.claimUntilSettled(couponId, user)),
      );
      const logged = await until('faults are logged', PATIENCE_MS, async () => {
        const all = await lines();
        const faults = ['server away', 'outcome unknown', 'fault', 'batch not stored'];
        return all.some(({ message }) => faults.includes(String(message))) ? all : undefined;
      });
      everyQueryFinds(logged);
      const messages = new Set(logged.map(({ message }) => message));
      expect([...messages]).toEqual(
        expect.arrayContaining(['claim', 'request', 'batch recorded', 'record quarantined']),
      );
      // Nothing was left out by the formatter either: the code does not even try.
      expect(logged.filter((line) => 'leftOut' in line)).toEqual([]);
      expect(logged).toContainEqual(
        expect.objectContaining({
          route: 'redeemCode',
          outcome: 'ok',
          issuanceId: expect.stringMatching(/^[a-z0-9]{12}_/),
        }),
      );
      expect(await leaksOf(flow.stack.stateDir)).toEqual([]);
    },
    SLOW_MS,
  );
});

/** Each saved query finds lines of such a day, and each field that it names is in one of them. */
function everyQueryFinds(logged: readonly LoggedLine[]): void {
  const claim = logged.find((line) => line['outcome'] === 'accepted');
  const instead = new Map([
    [SOME_ISSUANCE, String(claim?.['issuanceId'])],
    [SOME_REQUEST, String(claim?.['requestId'])],
  ]);
  for (const query of LOG_QUERIES) {
    const found = foundBy(query, logged, instead);
    const named = [...query.show, ...(query.countBy ?? [])].filter((name) => !name.startsWith('@'));
    const has = new Set(found.flatMap((line) => Object.keys(line)));
    // Not each day has a fault of each kind.
    const missing = named.filter(
      (name) => !has.has(name) && !['reason', 'what', 'fault'].includes(name),
    );
    expect({ query: query.name, missing, found: found.length > 0 }).toEqual({
      query: query.name,
      missing: [],
      found: true,
    });
  }
}

/** A claim, whatever comes of it. */
async function press(flow: Flow, person: string): Promise<void> {
  const [couponId = ''] = flow.shoppers.replies.map((reply) => reply.couponId);
  await flow.shoppers.claim(couponId, person);
}

/** Shoppers, a shop, an operator and strangers put what is personal wherever they can. */
async function aDay(flow: Flow): Promise<void> {
  const { http, shoppers, checkout, operatorToken, mint, stack } = flow;
  const couponId = await flow.createCoupon({ name: `For ${PEOPLE[0] ?? ''}`, quantity: 3 });
  for (const person of PEOPLE) {
    const id = await flow.issue(couponId, person);
    const token = await shoppers.token(person);
    const code = String(json(await http.get(`/v1/issuances/${id}`, token))['code']);
    expect(code).toMatch(/^[0-9A-Z]{26}$/);
    await checkout.redeemCode(code, id, `order of ${person}`);
    await checkout.redeemCode(code, id, 'another-order');
    await http.get(`/v1/issuances?userId=${encodeURIComponent(person)}`, operatorToken);
    await http.get(`/v1/issuances/${encodeURIComponent(person)}`, token);
    await http.get(`/v1/nowhere/${encodeURIComponent(code)}`, token);
    const headers = { 'idempotency-key': person, 'x-amzn-trace-id': `Root=${token}` };
    await http.post('/v1/coupons', operatorToken, { name: person, userId: person }, headers);
    await http.send({
      method: 'POST',
      path: `/v1/coupons/${couponId}/issuances`,
      token,
      headers: { traceparent: `Bearer ${token}`, 'user-agent': person },
      body: `{"userId":"${person}"`,
    });
    const poison = { ...recordOf(couponId, person), v: 1, epoch: person };
    await publishRecord(stack.endpoints, person, JSON.stringify(poison), { 'request-id': token });
    const request = { 'request-id': '1-6b032c9a-9784039597f0000000000005' };
    await publishRecord(
      stack.endpoints,
      person,
      JSON.stringify({ v: 1, ...recordOf('coupon000000', person) }),
      request,
    );
  }
  for (const token of Object.values(await hopelessTokens(mint))) {
    await http.get(`/v1/users/${HOSTILE_USER}`, token);
  }
  await http.send({
    method: 'DELETE',
    path: `/v1/users/${encodeURIComponent(PEOPLE[1] ?? '')}`,
    token: operatorToken,
  });
}
