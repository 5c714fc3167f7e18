import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { statePaths } from '../../local/state.ts';
import { CleanUp } from '../support/clean-up.ts';
import { broken, Flow } from '../support/flow.ts';
import { json } from '../support/http-client.ts';
import { isOpen } from '../support/ports.ts';
import type { ClaimReply } from '../support/shoppers.ts';
import { isAlive, newStateDir, removeStateDir, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 180_000;
/** A gate that was lost is to issue again within this. */
const HEAL_MS = 30_000;

/** What all starts together have told the demo coupon's users. */
const told: ClaimReply[] = [];

const cleanUp = new CleanUp();
let stateDir: string;
let demo: string;

beforeAll(async () => {
  stateDir = cleanUp.add(await newStateDir(), removeStateDir);
});

afterAll(() => cleanUp.run(), SLOW_MS);

/** Starts the stack again on what it has kept. */
async function start(options: { environments?: number } = {}): Promise<Flow> {
  const flow = cleanUp.add(await Flow.start({ stateDir, ...options }), ({ http, stack }) => {
    http.close();
    return stack.interrupt();
  });
  flow.shoppers.replies.push(...told);
  demo = await demoCoupon(flow.stack);
  return flow;
}

async function demoCoupon({ stateDir: root }: TestStack): Promise<string> {
  const text = await readFile(statePaths(root).demoCoupon, 'utf8');
  return (JSON.parse(text) as { id: string }).id;
}

/** Checks the invariants, and remembers all replies for the next start. */
async function keep(flow: Flow): Promise<void> {
  expect(broken(await flow.invariants(demo))).toEqual([]);
  told.length = 0;
  told.push(...flow.shoppers.replies);
}

/** Who has an issuance gets the same again; somebody new gets the next one. */
async function goesOn(flow: Flow, newUser: string): Promise<void> {
  const before = new Map(told.map(({ userId, issuance }) => [userId, issuance]));
  for (const [user, issuance] of before) {
    const again = await flow.shoppers.claimUntilSettled(demo, user);
    expect(again).toMatchObject({ status: 200, issuance: { id: issuance?.id } });
  }
  const next = await flow.shoppers.claimUntilSettled(demo, newUser);
  expect(next.status).toBe(202);
  await until('what remains has fallen by one', 10_000, async () => {
    const coupon = json(await flow.http.get(`/v1/coupons/${demo}`, flow.operatorToken));
    return coupon['remaining'] === 1000 - before.size - 1 ? true : undefined;
  });
}

/** Ends the stack as Ctrl-C does; nothing of it may be left. */
async function interrupt({ stack, http }: Flow): Promise<void> {
  const { api, issuer, lambda, valkey, kafka, databaseUrl } = stack.endpoints;
  const addresses = [api, issuer, lambda, valkey, kafka, databaseUrl];
  expect(await Promise.all(addresses.map(isOpen))).toEqual(addresses.map(() => true));
  const pids = [...(await stack.pids()).values()];
  expect(pids.filter(isAlive)).toEqual(pids);
  http.close();

  expect(await stack.interrupt()).toBe(0);

  expect(pids.filter(isAlive)).toEqual([]);
  expect([...(await stack.pids()).keys()]).toEqual([]);
  expect(await Promise.all(addresses.map(isOpen))).toEqual(addresses.map(() => false));
}

describe('a stack that is stopped, killed and started again', () => {
  let flow: Flow;

  it(
    'issues its demo coupon; Ctrl-C leaves no process and no port',
    async () => {
      flow = await start({ environments: 2 });
      await goesOn(flow, 'first');
      await keep(flow);
      // The four servers, the stack itself, and the environments it has started.
      expect((await flow.stack.pids()).size).toBeGreaterThanOrEqual(10);

      await interrupt(flow);
    },
    SLOW_MS,
  );

  it(
    'goes on with the same coupon and what remains of it after the next start',
    async () => {
      const before = demo;
      flow = await start({ environments: 2 });
      expect(demo).toBe(before);
      await goesOn(flow, 'second');
      await keep(flow);
    },
    SLOW_MS,
  );

  it(
    'issues again within 30 s after a kill -9 of Valkey alone',
    async () => {
      const valkey = await flow.stack.pid('valkey');
      process.kill(valkey, 'SIGKILL');
      const killedAt = performance.now();

      await goesOn(flow, 'third');

      expect(performance.now() - killedAt).toBeLessThan(HEAL_MS);
      expect(isAlive(valkey)).toBe(false);
      await keep(flow);
    },
    SLOW_MS,
  );

  it(
    'goes on with the same coupon after a kill -9 of everything',
    async () => {
      // Told, and perhaps not yet recorded.
      await flow.shoppers.claim(demo, 'just-in-time');
      told.splice(0, told.length, ...flow.shoppers.replies);
      flow.http.close();
      await flow.stack.killEverything();

      const before = demo;
      flow = await start();
      expect(demo).toBe(before);
      await goesOn(flow, 'fourth');
      await keep(flow);
    },
    SLOW_MS,
  );

  it(
    'runs beside another stack: neither sees the coupons and tokens of the other',
    async () => {
      const other = await Flow.start();
      try {
        const otherDemo = await demoCoupon(other.stack);
        expect(await other.shoppers.claim(otherDemo, 'neighbour')).toMatchObject({ status: 202 });
        expect(await flow.shoppers.claim(otherDemo, 'neighbour')).toMatchObject({ status: 404 });
        const foreign = await other.http.get('/v1/coupons', flow.operatorToken);
        expect(foreign.status).toBe(401);
      } finally {
        await other.remove();
      }

      await goesOn(flow, 'last');
      await keep(flow);
      await interrupt(flow);
    },
    SLOW_MS,
  );
});
