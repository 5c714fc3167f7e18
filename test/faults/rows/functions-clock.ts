import { expect } from 'expect';
import { json } from '../../support/http-client.ts';
import type { FaultRow, Stage } from '../bench/row.ts';
import { failpointOptions, processesWithClock, setClock } from '../bench/shots.ts';

const MINUTE_MS = 60_000;
/** And a minute more: an hour is what brokers forgive by default. */
const HOUR_MS = 61 * MINUTE_MS;
const SHIFTS = [HOUR_MS, -HOUR_MS];

export const functionsClockRows: readonly FaultRow[] = [
  {
    id: '31',
    title: 'Our clock is an hour fast, then an hour slow',
    injection:
      "the clock of the functions' processes jumps an hour forward under claims, then two hours back, then to the right time",
    options: failpointOptions,
    load: { perSecond: 40 },
    // What is under way when the clock jumps is past its deadline.
    answers: ['503 outcome_unknown'],
    says: [],
    rings: {
      any: 'How many claims are under way when the clock jumps is chance: none, or one in twenty',
    },
    strike: setClocksWrong,
  },
];

/** @returns how many times a process had the wrong time */
async function setClocksWrong(stage: Stage): Promise<number> {
  const coupons = await windows(stage);
  const usable = await Promise.all(
    SHIFTS.map((_, i) => stage.bench.flow.issue(coupons.usable, `usable-${i}`)),
  );
  const notYet = await stage.bench.flow.issue(coupons.notYetUsable, 'too-early');
  let hits = 0;
  try {
    for (const [i, shift] of SHIFTS.entries()) {
      await setClock(shift);
      await stage.spike.succeeds(60);
      await gateDecides(stage, coupons, i);
      await databaseDecides(stage, { usable: usable[i] ?? '', notYet }, i);
      hits += await processesWithClock(shift);
    }
  } finally {
    await setClock(0);
  }
  stage.spike.healed();
  return hits;
}

interface Windows {
  readonly early: string;
  readonly over: string;
  readonly usable: string;
  readonly notYetUsable: string;
}

/** Half an hour from each of their limits, so that a clock that is wrong by an hour misses it. */
async function windows({ bench: { flow } }: Stage): Promise<Windows> {
  const at = (minutes: number): string => new Date(Date.now() + minutes * MINUTE_MS).toISOString();
  const coupon = (changes: Record<string, unknown>): Promise<string> => flow.createCoupon(changes);
  return {
    early: await coupon({ issueStartsAt: at(30), issueEndsAt: at(120) }),
    over: await coupon({ issueStartsAt: at(-120), issueEndsAt: at(-30) }),
    usable: await coupon({ validity: { from: at(-30), until: at(30) } }),
    notYetUsable: await coupon({ validity: { from: at(30), until: at(120) } }),
  };
}

/** Of the issue window. */
async function gateDecides(
  { bench: { flow } }: Stage,
  { early, over, usable }: Windows,
  i: number,
): Promise<void> {
  const answers = await Promise.all(
    [early, over, usable].map((id) => flow.shoppers.claimUntilSettled(id, `claimer-${i}`)),
  );
  expect(answers.map(({ status, code }) => [status, code])).toEqual([
    [409, 'issue_not_started'],
    [409, 'issue_ended'],
    [202, undefined],
  ]);
  const shown = await Promise.all(
    [early, over, usable].map((id) => flow.http.get(`/v1/coupons/${id}`, flow.operatorToken)),
  );
  expect(shown.map((reply) => json(reply)['state'])).toEqual(['scheduled', 'ended', 'open']);
  for (const reply of shown) {
    const ahead = Date.parse(String(json(reply)['serverTime'])) - Date.now();
    expect(Math.abs(ahead)).toBeLessThan(MINUTE_MS);
  }
}

/** Of validity. */
async function databaseDecides(
  { bench: { flow } }: Stage,
  { usable, notYet }: { readonly usable: string; readonly notYet: string },
  i: number,
): Promise<void> {
  const redeemed = await flow.checkout.redeemUntilSettled(usable, `clock-order-${i}`);
  expect(redeemed.status).toBe(201);
  const refused = await flow.checkout.redeemUntilSettled(notYet, `early-order-${i}`);
  expect([refused.status, refused.code]).toEqual([422, 'conditions_not_met']);
}
