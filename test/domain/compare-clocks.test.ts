import { describe, expect, it } from '@jest/globals';
import { clocksApartMs } from '../../lambdas/functions/restore/compare-clocks.ts';
import { restoreHandler, type RestoreEvent } from '../../lambdas/functions/restore/handler.ts';

const NOW = 1_800_000_000_000;

/** Asking both takes so long. */
function clockThatTakes(ms: number): { monotonic: () => number } {
  const readings = [0, ms];
  return { monotonic: () => readings.shift() ?? ms };
}

function apart(gateTime: number, tookMs = 0): Promise<number> {
  return clocksApartMs({
    gateTime: () => Promise.resolve(gateTime),
    ledgerTime: () => Promise.resolve(NOW),
    clock: clockThatTakes(tookMs),
  });
}

describe('the clocks of gate and ledger', () => {
  it('are apart by what the one is ahead of the other, or behind', async () => {
    expect(await apart(NOW + 7_000)).toBe(7_000);
    expect(await apart(NOW - 7_000)).toBe(-7_000);
  });

  it('are not apart by the time that it took to ask them', async () => {
    expect(await apart(NOW + 7_000, 4_000)).toBe(3_000);
    expect(Math.abs(await apart(NOW - 7_000, 9_000))).toBe(0);
  });
});

describe('the restore function', () => {
  async function said(event: RestoreEvent, clocks: () => Promise<number>): Promise<unknown[]> {
    const entries: unknown[] = [];
    const handler = restoreHandler({
      couponIds: () => Promise.resolve([]),
      restore: () => Promise.resolve('already_open'),
      concurrency: 1,
      clocksApartMs: clocks,
      clockToleranceMs: 5_000,
      onOpened: () => undefined,
      countUnexpected: () => undefined,
      logger: {
        warn: () => undefined,
        error: (message, fields) => entries.push([message, fields]),
      },
    });
    await handler(event);
    return entries;
  }

  it('says by schedule when they differ by more than is tolerated, either way', async () => {
    for (const aheadMs of [5_001, -5_001]) {
      expect(await said({}, () => Promise.resolve(aheadMs))).toEqual([
        ['clocks differ', { aheadMs }],
      ]);
    }
    expect(await said({}, () => Promise.resolve(-5_000))).toEqual([]);
  });

  it('opens gates all the same when a clock cannot be asked', async () => {
    expect(await said({}, () => Promise.reject(new Error('away')))).toEqual([]);
  });

  it('leaves it to the schedule: who meets a closed gate waits for nothing else', async () => {
    let asked = 0;
    await said({ couponId: 'abcdefghijkl' }, () => {
      asked += 1;
      return Promise.resolve(0);
    });
    expect(asked).toBe(0);
  });
});
