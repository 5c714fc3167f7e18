import { expect, it } from '@jest/globals';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import { decidedAnew } from '../../lambdas/functions/redeem/decided-anew.ts';
import { ManualClock } from '../fakes/manual-clock.ts';

it.each([
  ['at once, five times', 1, 5],
  ['after half a second, once', 500, 1],
  ['after a quarter of one, twice', 250, 2],
])('who is overtaken %s, decides no more', async (_, tookMs, expected) => {
  const clock = new ManualClock();
  let tries = 0;
  const overtaken = decidedAnew(clock, async () => {
    tries += 1;
    await clock.sleep(tookMs);
    return undefined;
  });
  await expect(overtaken).rejects.toBeInstanceOf(LedgerUnavailable);
  expect(tries).toBe(expected);
});

it('a slow decision that is not overtaken counts', async () => {
  const clock = new ManualClock();
  const decided = decidedAnew(clock, async () => {
    await clock.sleep(4_000);
    return 'redeemed';
  });
  expect(await decided).toBe('redeemed');
});
