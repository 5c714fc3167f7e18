import type { Action } from './actions.ts';
import type { CouponModel, Outcome } from './coupon-model.ts';
import { step } from './coupon-model.ts';

/** An action and what came of it. */
export interface Observation {
  readonly action: Action;
  readonly outcome: Outcome;
}

/**
 * The models that are left after actions that happened at the same time: each order of them is
 * tried from each model that was possible before. None left: what was seen can not have happened.
 */
export function explain(
  before: readonly CouponModel[],
  observations: readonly Observation[],
): CouponModel[] {
  const after = new Map<string, CouponModel>();
  const follow = (model: CouponModel, rest: readonly Observation[]): void => {
    if (rest.length === 0) after.set(JSON.stringify(model), model);
    rest.forEach(({ action, outcome }, i) => {
      const { next, outcome: expected } = step(model, action);
      if (expected === outcome) follow(next, rest.toSpliced(i, 1));
    });
  };
  for (const model of before) follow(model, observations);
  return [...after.values()];
}
