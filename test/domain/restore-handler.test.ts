import { expect, it } from '@jest/globals';
import {
  GateOutcomeUnknown,
  GateUnavailable,
  LedgerUnavailable,
  LogUnavailable,
} from '../../lambdas/domain/ports.ts';
import { restoreHandler } from '../../lambdas/functions/restore/handler.ts';

/** Runs the schedule's event over one coupon whose gate fails to open so; returns what is told. */
async function logOf(fault: Error): Promise<string[]> {
  const logged: string[] = [];
  const handler = restoreHandler({
    couponIds: () => Promise.resolve(['q1w2e3r4t5y6']),
    restore: () => Promise.reject(fault),
    concurrency: 1,
    clocksApartMs: () => Promise.resolve(0),
    clockToleranceMs: 1_000,
    onOpened: () => void logged.push('opened'),
    countUnexpected: () => void logged.push('unexpected'),
    logger: {
      warn: (message) => void logged.push(`warn: ${message}`),
      error: (message) => void logged.push(`error: ${message}`),
    },
  });
  expect((await handler({})).failed).toEqual(['q1w2e3r4t5y6']);
  return logged;
}

it.each([
  new GateUnavailable('BUSY'),
  new GateOutcomeUnknown('no reply'),
  new LedgerUnavailable('PostgreSQL: 53300'),
  new LogUnavailable('no connection'),
])(
  'a gate that is not opened because of %s is a warning: the next run tries again',
  async (fault) => {
    expect(await logOf(fault)).toEqual(['warn: gate not opened']);
  },
);

it('a gate that is not opened for any other reason is an error to mend', async () => {
  expect(await logOf(new TypeError('x is not a function'))).toEqual([
    'unexpected',
    'error: gate not opened',
  ]);
});
