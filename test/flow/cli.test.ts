/** What operators do, on a real stack: each command in a process of its own, with its own token. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CleanUp } from '../support/clean-up.ts';
import { runCoupon } from '../support/coupon-process.ts';
import { broken, Flow } from '../support/flow.ts';
import { json } from '../support/http-client.ts';
import { operatorCases, type OperatorWorld } from '../support/operator-cases.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;

describe('an operator, on a real stack', () => {
  const cleanUp = new CleanUp();
  const claimed = new Set<string>();
  let flow: Flow;
  let world: OperatorWorld;

  beforeAll(async () => {
    flow = cleanUp.add(await Flow.start(), (started) => started.remove());
    const folder = cleanUp.add(await mkdtemp(join(tmpdir(), 'coupon-cli-')), (path) =>
      rm(path, { recursive: true }),
    );
    const env = { COUPON_STATE_DIR: flow.stack.stateDir };
    world = {
      folder,
      coupon: (args, options) => runCoupon(args, { env, folder, ...options }),
      claim: (couponId, userId) => {
        claimed.add(couponId);
        return claimUntilIssued(flow, couponId, userId);
      },
      redeem: (issuanceId) => redeem(flow, issuanceId),
      poison: () => poison(flow),
    };
  }, SLOW_MS);

  afterAll(() => cleanUp.run(), SLOW_MS);

  for (const { title, run } of operatorCases) {
    it(title, () => run(world), SLOW_MS);
  }

  it(
    'breaks no promise on the way',
    async () => {
      expect(broken(await flow.invariants(...claimed))).toEqual([]);
    },
    SLOW_MS,
  );
});

/** Resolves once it is a row: then lists and exports have it. */
async function claimUntilIssued(flow: Flow, couponId: string, userId: string): Promise<string> {
  const { issuance, code } = await flow.shoppers.claimUntilSettled(couponId, userId);
  if (issuance === undefined) return code ?? '';
  await until('it is issued', 20_000, async () => {
    const reply = await flow.http.get(`/v1/issuances/${issuance.id}`, flow.operatorToken);
    return json(reply)['state'] === 'issued' ? true : undefined;
  });
  return issuance.id;
}

async function redeem(flow: Flow, issuanceId: string): Promise<string> {
  const { redemption, code } = await flow.checkout.redeemUntilSettled(issuanceId, 'order-1');
  if (redemption === undefined) throw new Error(`not redeemed: ${code ?? ''}`);
  return redemption.id;
}

async function poison(flow: Flow): Promise<string> {
  const { kafka: brokers, topic } = flow.stack.endpoints;
  const kafka = new Kafka({
    clientId: 'poison',
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
  });
  const producer = kafka.producer();
  await producer.connect();
  const [position] = await producer.send({ topic, messages: [{ key: 'x', value: 'not JSON' }] });
  await producer.disconnect();
  return until('it is in quarantine', 20_000, async () => {
    const reply = await flow.http.get('/v1/quarantine?limit=100', flow.operatorToken);
    const items = json(reply)['items'] as { id: string; partition: number; offset: string }[];
    const found = items.find(
      ({ partition, offset }) =>
        partition === position?.partition && offset === position.baseOffset,
    );
    return found?.id;
  });
}
