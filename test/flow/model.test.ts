import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CleanUp } from '../support/clean-up.ts';
import { broken, Flow } from '../support/flow.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { scenario } from '../support/model/actions.ts';
import { newCouponModel } from '../support/model/coupon-model.ts';
import { explain } from '../support/model/explain.ts';
import { Player } from '../support/model/player.ts';
import { storedModel } from '../support/model/stored-model.ts';

const SLOW_MS = 600_000;

/** 1,000 runs: a hundred times ten coupons, whose users don't know of each other, at once. */
const ROUNDS = 100;
const COUPONS = 10;
/** The same scenarios each time; another seed finds others. */
const SEED = Number(process.env['MODEL_SEED'] ?? 20_261_127);
/** A failing scenario is made smaller for so long. */
const SHRINK_MS = 120_000;

describe('users, orders and operators at the same time', () => {
  const cleanUp = new CleanUp();
  let flow: Flow;
  let ledger: LedgerReader;
  let checkoutToken: string;

  beforeAll(async () => {
    flow = cleanUp.add(await Flow.start(), (started) => started.remove());
    const { databaseUrl } = flow.stack.endpoints;
    ledger = cleanUp.add(new LedgerReader(databaseUrl), (opened) => opened.close());
    checkoutToken = await flow.mint.token('shop', 'coupons:checkout');
  }, SLOW_MS);

  afterAll(() => cleanUp.run(), SLOW_MS);

  const playAndCompare = async (given: Parameters<typeof Player.play>[2]): Promise<string> => {
    const { couponId, models } = await Player.play(flow, checkoutToken, given);
    expect(models).toContainEqual(await storedModel(ledger, couponId));
    return couponId;
  };

  it(
    `are told what some order of their actions explains, and PostgreSQL agrees, in ${ROUNDS * COUPONS} runs`,
    async () => {
      const coupons: string[] = [];
      const scenarios = fc.array(scenario, { minLength: COUPONS, maxLength: COUPONS });
      const property = fc.asyncProperty(scenarios, async (together) => {
        coupons.push(...(await Promise.all(together.map(playAndCompare))));
      });
      await fc.assert(property, {
        numRuns: ROUNDS,
        seed: SEED,
        interruptAfterTimeLimit: SLOW_MS - SHRINK_MS,
        markInterruptAsFailure: true,
      });

      expect(coupons.length).toBeGreaterThanOrEqual(ROUNDS * COUPONS);
      expect(broken(await flow.invariants(...coupons))).toEqual([]);
    },
    SLOW_MS,
  );
});

describe('the model', () => {
  it('explains what happened in any order, and nothing that can not have happened', () => {
    const one = [newCouponModel(1)];
    const claim = (user: string, outcome: string) =>
      ({ action: { kind: 'claim', user }, outcome }) as const;
    expect(explain(one, [claim('anna', '409 sold_out'), claim('ben', '202')])).toHaveLength(1);
    expect(explain(one, [claim('anna', '202'), claim('ben', '202')])).toEqual([]);
    expect(explain(one, [claim('anna', '202'), claim('anna', '202')])).toEqual([]);
    expect(explain(one, [claim('anna', '200'), claim('anna', '202')])).toHaveLength(1);
    const paused = { action: { kind: 'pause' }, outcome: '200' } as const;
    expect(explain(one, [paused, claim('anna', '202')])).toHaveLength(1);
    expect(explain(one, [paused, claim('anna', '409 coupon_closed')])).toEqual([]);
  });
});
