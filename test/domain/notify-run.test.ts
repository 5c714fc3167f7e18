import { expect, it } from '@jest/globals';
import type { DeliveryReport } from '../../lambdas/domain/deliver-notifications.ts';
import type { NotifyDependencies } from '../../lambdas/functions/notify/notify.ts';
import { notify } from '../../lambdas/functions/notify/notify.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { MemoryMeter } from '../fakes/memory-meter.ts';

const REPORT: DeliveryReport = { sent: 1, nobody: 0, parked: 0, again: 0, untried: 0, cut: 0 };

interface Run {
  readonly budgets: readonly number[];
  readonly read: readonly string[];
}

/** Of a run whose summaries each take so long: for the gate that is asked is away. */
async function run(summaryMs: number, endedCoupons: readonly string[]): Promise<Run> {
  const clock = new ManualClock();
  const budgets: number[] = [];
  const read: string[] = [];
  const dependencies: NotifyDependencies = {
    plans: {
      endedCoupons: () =>
        Promise.resolve(endedCoupons.map((id) => ({ id, endsAt: 0, overSince: 0 }))),
      planReminders: () => Promise.resolve(false),
      tellSummary: () => Promise.resolve(),
    },
    queue: { counts: () => Promise.resolve([]) },
    readStats: (id) => {
      read.push(id);
      clock.advance(summaryMs);
      return Promise.resolve(undefined);
    },
    deliver: (budgetMs) => {
      budgets.push(budgetMs);
      return Promise.resolve(REPORT);
    },
    clock,
    runMs: 90_000,
    planningMs: 30_000,
    summaryWaitsMs: 0,
    meter: new MemoryMeter(),
    onFault: (what, error) => {
      throw new Error(what, { cause: error });
    },
  };
  expect(await notify(dependencies)).toEqual(REPORT);
  return { budgets, read };
}

it('what a run plans before is taken from the time in which it sends', async () => {
  expect(await run(10_000, ['a', 'b'])).toEqual({ budgets: [70_000], read: ['a', 'b'] });
});

it('however many summaries wait for a gate that is away, what is due is sent', async () => {
  const { budgets, read } = await run(10_000, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']);
  expect(budgets).toEqual([60_000]);
  expect(read).toEqual(['a', 'b', 'c']);
});
