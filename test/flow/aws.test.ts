/** What is deployed, each function alone as its bundle, with servers as strict as AWS' own. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ALBEvent, ALBResult } from 'aws-lambda';
import { routes, type Route } from '../../lambdas/routes.ts';
import { pickerOf } from '../infra/listener-rules.ts';
import { pathsOf, WRONG } from '../infra/requests.ts';
import { startAwsServers, type AwsServers } from '../support/aws/aws-servers.ts';
import { bundledFunctions, type BundledFunctions } from '../support/bundled-functions.ts';
import { CleanUp } from '../support/clean-up.ts';
import { broken, Flow } from '../support/flow.ts';
import { createGrant, grantIsDone } from '../support/grants.ts';
import { users } from '../support/shoppers.ts';

/** AWS' own live for a quarter of an hour. */
const TOKEN_LIFETIME_MS = 2_000;
/** The nightly run freezes for a minute. */
const FREEZE_MS = Number(process.env['COUPON_FREEZE_MS'] ?? 2 * TOKEN_LIFETIME_MS);
const BEFORE_MS = 180_000;

/** One of each route, and the wrong ones that a client can send. */
const FEW_PATHS = new Set([
  ...Object.values<Route>(routes).flatMap((route) => pathsOf(route).slice(0, 1)),
  ...WRONG,
]);

const cleanUp = new CleanUp();
let bundles: BundledFunctions;
let aws: AwsServers;
let flow: Flow;
let couponId: string;

beforeAll(async () => {
  bundles = cleanUp.add(await bundledFunctions(), (made) => made.remove());
  aws = cleanUp.add(await startAwsServers(TOKEN_LIFETIME_MS), (started) => started.remove());
  const functionVariables = { ...aws.functionVariables, ...bundles.functionVariables };
  const variables = {
    ...aws.variables,
    ...bundles.variables,
    COUPON_FUNCTION_VARIABLES: JSON.stringify(functionVariables),
  };
  flow = cleanUp.add(await Flow.startOn(aws.servers, { environments: 1, variables }), (started) =>
    started.remove(),
  );
  couponId = await flow.createCoupon({ quantity: 1_000 });
}, BEFORE_MS);

afterAll(() => cleanUp.run());

/** How often each server has let somebody in so far. */
function signIns(): Record<string, number> {
  return Object.fromEntries(
    Object.entries(aws.fronts).map(([name, front]) => [name, front.signIns]),
  );
}

describe('with servers that take TLS and IAM tokens only', () => {
  it('a claim is recorded and redeemed', async () => {
    const id = await flow.issue(couponId, 'kim');
    const { status } = await flow.checkout.redeemUntilSettled(id, 'order-1');
    expect(status).toBe(201);
    expect(aws.api.calls).toContain('GetBootstrapBrokers');
    expect(aws.api.calls).toContain('GetSecretValue');
    for (const count of Object.values(signIns())) expect(count).toBeGreaterThan(0);
  });

  it('claims go on for longer than a token lives, each sign-in with a token of its own', async () => {
    const before = signIns();
    const end = performance.now() + 3 * TOKEN_LIFETIME_MS;
    const names = users('steady', 1_000).values();
    while (performance.now() < end) {
      const { value: user } = names.next();
      const reply = await flow.shoppers.claim(couponId, user ?? '');
      expect([reply.status, reply.code]).toEqual([202, undefined]);
    }
    // A broker asks for another token before the first one's time is over.
    expect(signIns()['kafka']).toBeGreaterThan((before['kafka'] ?? 0) + 2);
    expect(Object.values(aws.fronts).flatMap(({ objections }) => objections)).toEqual([]);
  });

  it(
    'after a freeze longer than its tokens live, with its connections closed meanwhile, a function answers honestly, and then well',
    async () => {
      expect(await claims('before the freeze')).toBe(202);
      // An environment is stopped (SIGSTOP) once it has answered, until the next request.
      for (const front of Object.values(aws.fronts)) front.cut();
      await sleep(FREEZE_MS);
      expect([202, 503]).toContain(await claims('right after it'));
      expect(await claims('after that')).toBe(202);
      expect([200, 503]).toContain(await auditStatus());
      expect(await auditStatus()).toBe(200);
    },
    FREEZE_MS + BEFORE_MS,
  );

  it('a grant in bulk gives to each', async () => {
    const grantId = await createGrant(flow, couponId, ['granted-1', 'granted-2']);
    expect(await grantIsDone(flow, grantId)).toMatchObject({ accepted: 2 });
  });

  it('loses nothing, and gives nothing twice', async () => {
    expect(broken(await flow.invariants(couponId))).toEqual([]);
    expect(Object.values(aws.fronts).flatMap(({ objections }) => objections)).toEqual([]);
  });
});

describe('the event that Lambda hands to the bundle of', () => {
  it('issue is answered by a real 202', async () => {
    const event = await albEvent('alb-issue');
    const reply = await invoke<ALBResult>('issue', {
      ...event,
      path: `/v1/coupons/${couponId}/issuances`,
      multiValueHeaders: await signedIn(event, 'golden'),
    });
    expect(reply.statusCode).toBe(202);
    const { id } = JSON.parse(reply.body ?? '') as { id: string };
    expect(await flow.issue(couponId, 'golden')).toBe(id);
  });

  it('redeem lists what the user has', async () => {
    const event = await albEvent('alb-list');
    const reply = await invoke<ALBResult>('redeem', {
      ...event,
      path: '/v1/issuances',
      multiValueQueryStringParameters: { state: ['issued'] },
      multiValueHeaders: await signedIn(event, 'golden'),
    });
    expect(reply.statusCode).toBe(200);
    const { items } = JSON.parse(reply.body ?? '') as { items: { couponId: string }[] };
    expect(items.map((item) => item.couponId)).toEqual([couponId]);
  });

  it('manage shows the coupon', async () => {
    const event = await albEvent('alb-list');
    const path = `/v1/coupons/${couponId}`;
    const reply = await invoke<ALBResult>('manage', {
      ...event,
      path,
      multiValueQueryStringParameters: {},
      multiValueHeaders: await signedIn(event, 'golden'),
    });
    expect(reply.statusCode).toBe(200);
  });

  it('record sets aside what it can not store, and keeps its place in the log', async () => {
    const { items: before } = await quarantine();
    expect(await invoke('record', await event('msk-two-partitions'))).toBeNull();
    const { items } = await quarantine();
    expect(items.length).toBeGreaterThan(before.length);
  });

  it.each([
    ['migrate', {}, { migrated: [] }],
    ['restore', {}, { failed: [], waiting: [] }],
    ['sweep', {}, { failed: 0 }],
    ['grant', {}, { settled: 0, finished: [], waiting: [] }],
    ['check', {}, { drift: 0 }],
  ])('%s does its work', async (name, given, expected) => {
    expect(await invoke(name, given)).toMatchObject(expected);
  });
});

describe('every method and path, right or wrong,', () => {
  it.each(['coupons:use', 'coupons:checkout', 'coupons:manage'])(
    'has the status by the deployed rules that it has by the local front, with the scope %s',
    async (scope) => {
      const pick = pickerOf(bundles.assembly);
      const template = await albEvent('alb-list');
      const requests = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS'].flatMap((method) =>
        [...FEW_PATHS].map((path) => [method, path] as const),
      );
      const differing: string[] = [];
      for (const [i, [method, path]] of requests.entries()) {
        // Another each time: one alone would be told to ask more slowly.
        const token = await flow.mint.token(`visitor-${i}`, scope);
        const { status } = await flow.http.send({ method, path, token });
        const headers = { ...template.multiValueHeaders, authorization: [`Bearer ${token}`] };
        const reply = await invoke<ALBResult>(pick(method, path), {
          ...template,
          httpMethod: method,
          path,
          multiValueQueryStringParameters: {},
          multiValueHeaders: headers,
        });
        if (reply.statusCode !== status) {
          differing.push(`${method} ${path}: ${status} here, ${reply.statusCode} on AWS`);
        }
      }
      expect(differing).toEqual([]);
      expect(requests.length).toBeGreaterThan(200);
    },
    BEFORE_MS,
  );
});

async function claims(user: string): Promise<number | undefined> {
  return (await flow.shoppers.claim(couponId, user)).status;
}

/** Of a call to the function for operators, which reads the database. */
async function auditStatus(): Promise<number> {
  return (await flow.http.get('/v1/audit', flow.operatorToken)).status;
}

async function invoke<Reply>(name: string, payload: unknown): Promise<Reply> {
  const url = `${flow.stack.endpoints.lambda}/2015-03-31/functions/${name}/invocations`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(payload) });
  expect([response.status, response.headers.get('x-amz-function-error')]).toEqual([200, null]);
  return (await response.json()) as Reply;
}

async function event(name: string): Promise<unknown> {
  const file = new URL(`../events/${name}.json`, import.meta.url);
  return JSON.parse(await readFile(file, 'utf8'));
}

async function albEvent(name: string): Promise<ALBEvent> {
  return (await event(name)) as ALBEvent;
}

async function signedIn(
  { multiValueHeaders }: ALBEvent,
  user: string,
): Promise<ALBEvent['multiValueHeaders']> {
  const token = await flow.mint.token(user, 'coupons:use');
  return { ...multiValueHeaders, authorization: [`Bearer ${token}`] };
}

async function quarantine(): Promise<{ readonly items: readonly unknown[] }> {
  const reply = await flow.http.get('/v1/quarantine?limit=100', flow.operatorToken);
  return JSON.parse(reply.text) as { items: unknown[] };
}
