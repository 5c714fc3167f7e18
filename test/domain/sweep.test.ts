import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  LedgerUnavailable,
  LogUnavailable,
  PublishOutcomeUnknown,
} from '../../lambdas/domain/ports.ts';
import { sweepHandler } from '../../lambdas/functions/sweep/handler.ts';
import { MemoryLogger } from '../fakes/memory-logger.ts';
import { MemoryMeter } from '../fakes/memory-meter.ts';
import { ProtocolBench } from '../support/protocol-bench.ts';

const LONG_AGO_MS = 5_000;

let bench: ProtocolBench;
let couponId: string;

beforeEach(async () => {
  bench = new ProtocolBench();
  couponId = await bench.openCoupon({ quantity: 5 });
});

/** Claims that passed the gate, and never came to Kafka. */
async function leavePending(...users: string[]): Promise<void> {
  bench.log.mood = 'request lost';
  for (const user of users) {
    await expect(bench.claim(couponId, user)).rejects.toThrow(PublishOutcomeUnknown);
  }
  bench.clock.advance(LONG_AGO_MS);
}

describe('the sweep', () => {
  it('publishes what is pending, and its users have it', async () => {
    await leavePending('anna', 'ben');
    bench.log.mood = 'well';
    expect(await bench.sweep(couponId)).toEqual({ published: 2, failed: 0 });
    expect(await bench.gate.status(couponId)).toMatchObject({ given: 2, pending: 0 });
    await bench.record();
    expect(bench.ledger.rows.size).toBe(2);
  });

  it.each(['request lost', 'reply lost'] as const)(
    'keeps what could not be published, for the next time (%s)',
    async (mood) => {
      await leavePending('anna', 'ben');
      bench.log.mood = mood;
      expect(await bench.sweep(couponId)).toEqual({ published: 0, failed: 2 });
      expect(await bench.gate.status(couponId)).toMatchObject({ given: 2, pending: 2 });
      bench.log.mood = 'well';
      expect(await bench.sweep(couponId)).toEqual({ published: 2, failed: 0 });
      await bench.record();
      expect(bench.ledger.rows.size).toBe(2);
    },
  );

  it('leaves those alone who may still be waiting for an answer', async () => {
    await leavePending('anna');
    bench.log.mood = 'request lost';
    await expect(bench.claim(couponId, 'young')).rejects.toThrow(PublishOutcomeUnknown);
    bench.log.mood = 'well';
    expect(await bench.sweep(couponId)).toEqual({ published: 1, failed: 0 });
    expect(await bench.gate.status(couponId)).toMatchObject({ given: 2, pending: 1 });
  });

  it('reads no claims while there is no connection to Kafka', async () => {
    await leavePending('anna');
    bench.log.mood = 'away';
    bench.gate.pendingClaims = () => {
      throw new Error('read');
    };
    await expect(bench.sweep(couponId)).rejects.toThrow(LogUnavailable);
  });
});

it('a purge that fails keeps no other waiting, and is told', async () => {
  const logger = new MemoryLogger();
  let purged = 0;
  const sweepAll = sweepHandler({
    couponIds: () => Promise.resolve([]),
    sweep: (id) => bench.sweep(id),
    pendingAgeMs: () => Promise.resolve(0),
    purges: [
      () => Promise.reject(new LedgerUnavailable('away')),
      () => Promise.resolve((purged += 1)),
    ],
    meter: new MemoryMeter(),
    countUnexpected: () => undefined,
    logger,
  });
  expect(await sweepAll()).toEqual({ published: 0, failed: 0 });
  expect(purged).toBe(1);
  expect(logger.lines).toMatchObject([{ level: 'warn', message: 'not purged' }]);
});
