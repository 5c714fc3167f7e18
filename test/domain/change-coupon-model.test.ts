import { expect, it } from '@jest/globals';
import { CouponModel } from '../support/coupon-model.ts';

/** More by hand: `MODEL_RUNS=20000 npm run test:fast -- model`. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 300);
const FIRST_SEED = Number(process.env['MODEL_SEED'] ?? 1);

it(
  `a coupon that is changed while it is claimed, with every fault, keeps all promises (${RUNS} runs)`,
  async () => {
    const broken: Record<number, readonly string[]> = {};
    for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) {
      const model = new CouponModel(seed);
      await model.play();
      if (model.violations.length > 0) broken[seed] = [...new Set(model.violations)];
    }
    expect(broken).toEqual({});
  },
  RUNS * 1_000,
);
