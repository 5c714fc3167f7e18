import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { systemClock } from '../../lambdas/adapters/clock/system-clock.ts';
import { valkeyStockGate } from '../../lambdas/adapters/valkey/stock-gate.ts';
import { connectValkey } from '../../lambdas/adapters/valkey/valkey-client.ts';
import type { IssueOutcome } from '../../lambdas/domain/issue-coupon.ts';
import { PublishOutcomeUnknown } from '../../lambdas/domain/ports.ts';
import { MemoryClaimLog } from '../fakes/memory-claim-log.ts';
import { ProtocolBench } from '../support/protocol-bench.ts';
import { contents, newCouponId } from '../support/samples.ts';
import { testServers } from '../support/servers.ts';

const valkey = connectValkey(
  { url: testServers().valkeyUrl, commandTimeoutMs: 5_000 },
  () => undefined,
);
const gate = valkeyStockGate(valkey, 5_000);

let log: MemoryClaimLog;
let couponId: string;

beforeEach(async () => {
  log = new MemoryClaimLog(systemClock);
  couponId = newCouponId();
  await gate.beginBuilding(couponId, 1);
  await gate.clear(couponId, 1, 1);
  expect(await gate.open(couponId, contents({ quantity: 1 }))).toBe(true);
});

afterAll(() => {
  valkey.disconnect();
});

const bench = new ProtocolBench();

const claim = (userId: string): Promise<IssueOutcome> =>
  bench.claim(couponId, userId, undefined, { gate, log, clock: systemClock });

it.each(['reply lost', 'request lost'] as const)(
  'a claim keeps its unit while nobody knows whether it stands in the log (%s)',
  async (mood) => {
    log.mood = mood;
    await expect(claim('anna')).rejects.toThrow(PublishOutcomeUnknown);
    expect(await gate.status(couponId)).toMatchObject({ kind: 'open', given: 1, pending: 1 });
    log.mood = 'well';
    expect(await claim('ben')).toEqual({ kind: 'refused', reason: 'sold_out' });
    expect(await claim('anna')).toMatchObject({ kind: 'repeated', issuance: { userId: 'anna' } });
    expect(new Set(log.records.map(({ value }) => value)).size).toBe(1);
    expect(await gate.status(couponId)).toMatchObject({ kind: 'open', given: 1, pending: 0 });
  },
);
