import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CleanUp } from '../support/clean-up.ts';
import { couponBody } from '../support/coupons.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { broken, Flow } from '../support/flow.ts';
import {
  forgedTokens,
  hopelessTokens,
  HOSTILE_USER,
  misusedTokens,
} from '../support/hostile-tokens.ts';
import type { HttpCall, HttpReply } from '../support/http-client.ts';
import { json } from '../support/http-client.ts';
import { KeyServer } from '../support/key-server.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { LogReader } from '../support/log-reader.ts';
import { startOwnServers } from '../support/own-servers.ts';
import type { RecordingProxy } from '../support/recording-proxy.ts';
import { recordingProxy } from '../support/recording-proxy.ts';
import { TestStack } from '../support/stack.ts';
import { TokenMint } from '../support/tokens.ts';

const SLOW_MS = 120_000;

/** Names that only hostile requests carry: wherever one turns up, such a request got that far. */
const UNKNOWN_COUPON = 'hostile00000';
const UNKNOWN_ISSUANCE = `${UNKNOWN_COUPON}_${'H'.repeat(22)}`;
const COUPON_NAME = 'Coupon of a stranger';
const MARKS = [HOSTILE_USER, UNKNOWN_COUPON, COUPON_NAME];

const cleanUp = new CleanUp();
let issuer: KeyServer;
let attacker: KeyServer;
let valkey: RecordingProxy;
let postgres: RecordingProxy;
let mint: TokenMint;
let flow: Flow;
let ledger: LedgerReader;
let log: LogReader;

beforeAll(async () => {
  const own = cleanUp.add(await startOwnServers(), (started) => started.remove());
  const { valkeyUrl, databaseAdminUrl } = own.endpoints;
  issuer = cleanUp.add(await KeyServer.start(), (started) => started.close());
  attacker = cleanUp.add(await KeyServer.start(), (started) => started.close());
  valkey = cleanUp.add(await recordingProxy(valkeyUrl), (started) => started.close());
  postgres = cleanUp.add(await recordingProxy(databaseAdminUrl), (started) => started.close());
  const stack = await TestStack.start({
    variables: {
      ...own.variables,
      VALKEY_URL: valkey.url,
      DATABASE_URL: postgres.url,
      JWT_ISSUER: issuer.url,
    },
  });
  cleanUp.add(stack, (started) => started.remove());
  mint = await TokenMint.of(issuer.key, stack.endpoints);
  flow = cleanUp.add(await Flow.of(stack, mint), (opened) => {
    opened.http.close();
  });
  ledger = cleanUp.add(new LedgerReader(databaseAdminUrl), (opened) => opened.close());
  log = cleanUp.add(await LogReader.open(stack.endpoints), (opened) => opened.close());
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

/** One call of each kind, with the marks. */
const calls: readonly HttpCall[] = [
  { method: 'POST', path: `/v1/coupons/${UNKNOWN_COUPON}/issuances` },
  { path: `/v1/coupons/${UNKNOWN_COUPON}` },
  { path: `/v1/issuances/${UNKNOWN_ISSUANCE}` },
  {
    method: 'POST',
    path: '/v1/coupons',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(couponBody({ name: COUPON_NAME })),
  },
];

function expectUnauthenticated(reply: HttpReply): void {
  expectProblem(reply, { status: 401, code: 'unauthenticated' });
  expect(reply.headers['www-authenticate']).toMatch(/^Bearer/);
}

function marksSent(): string[] {
  const sent = { valkey: valkey.sent(), postgres: postgres.sent() };
  return Object.entries(sent).flatMap(([server, text]) =>
    MARKS.filter((mark) => text.includes(mark)).map((mark) => `${mark} to ${server}`),
  );
}

/** Sends every call with each token; nothing may come of it, anywhere. */
async function expectRefused(tokens: Record<string, string>): Promise<void> {
  const records = await log.recordCount();
  const counts = await ledger.counts();
  for (const [name, token] of Object.entries(tokens)) {
    for (const call of calls) {
      const reply = await flow.http.send({ ...call, token });
      // The name tells which one it was.
      expect([name, reply.status]).toEqual([name, 401]);
      expectUnauthenticated(reply);
      expect(reply.text).not.toContain(HOSTILE_USER);
    }
  }
  expect(marksSent()).toEqual([]);
  expect(attacker.keyRequests).toBe(0);
  expect([await log.recordCount(), await ledger.counts()]).toEqual([records, counts]);
}

describe('a token', () => {
  beforeEach(() => {
    valkey.forget();
    postgres.forget();
  });

  it('is refused without a call to anywhere, not even for keys, when its claims are hopeless', async () => {
    await expectRefused(await hopelessTokens(mint));

    expect(issuer.keyRequests).toBe(0);
  });

  it('is taken when it is good, and then the servers are asked', async () => {
    const token = await mint.token(HOSTILE_USER, 'coupons:use coupons:manage');
    for (const call of calls) {
      expect((await flow.http.send({ ...call, token })).status).not.toBe(401);
    }

    // Else the other tests, which look for these marks, would show nothing.
    expect(marksSent()).toEqual(
      expect.arrayContaining([
        `${HOSTILE_USER} to valkey`,
        `${UNKNOWN_COUPON} to valkey`,
        `${UNKNOWN_COUPON} to postgres`,
        `${COUPON_NAME} to postgres`,
      ]),
    );
    expect(issuer.keyRequests).toBeGreaterThan(0);
  });

  it('is refused when nobody signed it who may', async () => {
    const keyRequests = issuer.keyRequests;

    await expectRefused(await forgedTokens(mint, attacker));

    // A key of an unknown id may be a new one: that is asked for at most once in a while.
    expect(issuer.keyRequests - keyRequests).toBeLessThanOrEqual(3);
  });

  it('is refused when it is not meant for this', async () => {
    await expectRefused(await misusedTokens(mint));
  });

  it('has to come as the one Bearer token of one Authorization header', async () => {
    const token = await mint.token(HOSTILE_USER, 'coupons:use coupons:manage');
    const basic = Buffer.from(`${HOSTILE_USER}:secret`).toString('base64');
    const headers: (string | string[])[] = [
      [`Bearer ${token}`, `Bearer ${token}`],
      [`Bearer ${token}`, `Basic ${basic}`],
      `Basic ${basic}`,
      `Bearer ${token}, Bearer ${token}`,
      `Bearer ${token} ${token}`,
      'Bearer',
      'Bearer ',
      `Token ${token}`,
      token,
      '',
    ];
    const requests: HttpCall[] = [
      {},
      { headers: { cookie: `access_token=${token}` } },
      ...headers.map((authorization) => ({ headers: { authorization } })),
    ].map((each) => ({ method: 'POST', path: `/v1/coupons/${UNKNOWN_COUPON}/issuances`, ...each }));
    requests.push({ path: `/v1/coupons/${UNKNOWN_COUPON}?access_token=${token}` });

    for (const request of requests) expectUnauthenticated(await flow.http.send(request));

    expect(marksSent()).toEqual([]);
    // The scheme's name is no secret in whatever case (RFC 9110).
    const reply = await flow.http.send({
      path: '/v1/coupons',
      headers: { authorization: `bearer ${token}` },
    });
    expect(reply.status).toBe(200);
  });

  it('takes nothing from a coupon that exists, whoever forged it', async () => {
    const couponId = await flow.createCoupon({ quantity: 5 });
    const tokens = {
      ...(await hopelessTokens(mint)),
      ...(await forgedTokens(mint, attacker)),
      ...(await misusedTokens(mint)),
    };
    const path = `/v1/coupons/${couponId}/issuances`;

    for (const token of Object.values(tokens)) {
      expectUnauthenticated(await flow.http.send({ method: 'POST', path, token }));
    }

    expect(marksSent()).toEqual([]);
    expect(attacker.keyRequests).toBe(0);
    // Sequence 1: nobody was before.
    const first = await flow.shoppers.claim(couponId, 'honest');
    expect(first).toMatchObject({ status: 202, issuance: { sequence: 1 } });
    expect(broken(await flow.invariants(couponId))).toEqual([]);
  });
});

describe('a scope', () => {
  it('is needed: a token without it is told which', async () => {
    const couponId = await flow.createCoupon();
    const claim: HttpCall = { method: 'POST', path: `/v1/coupons/${couponId}/issuances` };
    const create: HttpCall = calls[3] ?? { path: '' };
    const attempts: [HttpCall, unknown, string][] = [
      [claim, undefined, 'coupons:use'],
      [claim, '', 'coupons:use'],
      [claim, 'coupons:manage coupons:checkout', 'coupons:use'],
      [claim, 'coupons:useful', 'coupons:use'],
      [claim, 'COUPONS:USE', 'coupons:use'],
      [claim, ['coupons:use'], 'coupons:use'],
      [create, 'coupons:use coupons:checkout', 'coupons:manage'],
      [{ path: '/v1/coupons' }, 'openid', 'coupons:use'],
      [{ path: `/v1/coupons/${couponId}` }, undefined, 'coupons:use'],
      [{ path: `/v1/issuances/${UNKNOWN_ISSUANCE}` }, 'openid', 'coupons:use'],
    ];
    const counts = await ledger.counts();

    for (const [call, scope, needed] of attempts) {
      const { scope: _scope, ...claims } = mint.claims('limited');
      const token = await mint.sign(scope === undefined ? claims : { ...claims, scope });
      const reply = await flow.http.send({ ...call, token });
      expectProblem(reply, { status: 403, code: 'insufficient_scope' });
      expect(reply.headers['www-authenticate']).toContain('insufficient_scope');
      expect(reply.headers['www-authenticate']).toContain(needed);
    }

    expect(await ledger.counts()).toEqual(counts);
  });

  it('and a token are asked for before anything is found or not', async () => {
    const paths: HttpCall[] = [
      { path: '/v1/nothing' },
      { path: '/v1/coupons/%zz' },
      { path: '/v1/issuances/none' },
      { method: 'POST', path: '/v1/coupons/none/issuances' },
      { method: 'DELETE', path: '/v1/coupons' },
    ];
    for (const call of paths) expectUnauthenticated(await flow.http.send(call));
    const unscoped = await mint.token('limited', 'openid');
    for (const call of paths.slice(1, 4)) {
      const reply = await flow.http.send({ ...call, token: unscoped });
      expectProblem(reply, { status: 403, code: 'insufficient_scope' });
    }
  });

  it("does not show another user's issuance, or that there is one", async () => {
    const couponId = await flow.createCoupon();
    const { issuance } = await flow.shoppers.claim(couponId, 'owner');
    const stranger = await mint.token('stranger');
    const existing = await flow.http.get(`/v1/issuances/${issuance?.id ?? ''}`, stranger);
    const missing = await flow.http.get(`/v1/issuances/${couponId}_${'A'.repeat(22)}`, stranger);

    expectProblem(existing, { status: 404, code: 'issuance_not_found' });
    const { requestId: _one, ...shownOfExisting } = json(existing);
    const { requestId: _other, ...shownOfMissing } = json(missing);
    expect(shownOfExisting).toEqual(shownOfMissing);
  });
});
