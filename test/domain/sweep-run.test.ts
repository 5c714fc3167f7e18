import { beforeEach, describe, expect, it } from '@jest/globals';
import { GateUnavailable, LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import type { SweepHandlerDependencies } from '../../lambdas/functions/sweep/handler.ts';
import { sweepHandler } from '../../lambdas/functions/sweep/handler.ts';
import { readPending } from '../../lambdas/functions/sweep/read-pending.ts';
import type { SweepReport } from '../../lambdas/functions/sweep/sweep-pending.ts';
import { MemoryLogger } from '../fakes/memory-logger.ts';
import { MemoryMeter } from '../fakes/memory-meter.ts';
import { ProtocolBench, SWEEP_AGE_MS } from '../support/protocol-bench.ts';

const RUN_MS = 30_000;
const CONNECT_MS = 5_000;

let bench: ProtocolBench;
let meter: MemoryMeter;
let logger: MemoryLogger;
let unexpected: number;
/** Kafka was waited for. */
let waits: number;

beforeEach(() => {
  bench = new ProtocolBench();
  meter = new MemoryMeter();
  logger = new MemoryLogger();
  unexpected = 0;
  waits = 0;
  const ready = bench.log.ready.bind(bench.log);
  bench.log.ready = (ms) => {
    waits += 1;
    if (bench.log.mood === 'away') bench.clock.advance(CONNECT_MS);
    return ready(ms);
  };
});

/** Coupons each of which so many claims passed, a second after each other, and never came to Kafka. */
async function couponsWithPending(...counts: readonly number[]): Promise<string[]> {
  bench.log.mood = 'request lost';
  const ids = [];
  for (const count of counts) {
    const couponId = await bench.openCoupon({ quantity: 10 });
    ids.push(couponId);
    for (let i = 0; i < count; i += 1) {
      await bench.claim(couponId, `user-${i}`).catch(() => undefined);
      bench.clock.advance(1_000);
    }
  }
  bench.clock.advance(SWEEP_AGE_MS);
  bench.log.mood = 'well';
  waits = 0;
  return ids;
}

function run(
  couponIds: readonly string[],
  sweep: (couponId: string) => Promise<SweepReport> = (couponId) => bench.sweep(couponId),
  purges: SweepHandlerDependencies['purges'] = [],
): Promise<SweepReport> {
  return sweepHandler({
    discardExpired: () => undefined,
    couponIds: () => Promise.resolve([...couponIds]),
    readPending: (couponId) =>
      readPending(couponId, {
        gate: bench.gate,
        gateTime: () => Promise.resolve(bench.clock.now()),
        minAgeMs: SWEEP_AGE_MS,
      }),
    sweep,
    purges,
    clock: bench.clock,
    settings: { concurrency: 3, runMs: RUN_MS },
    meter,
    countUnexpected: () => (unexpected += 1),
    logger,
  })();
}

/** The gates of these coupons do not answer. */
function hide(...hidden: readonly string[]): void {
  const read = bench.gate.pendingClaims.bind(bench.gate);
  bench.gate.pendingClaims = (couponId, minAgeMs) => {
    if (hidden.includes(couponId)) throw new GateUnavailable('no connection');
    return read(couponId, minAgeMs);
  };
}

describe('a run of the sweep', () => {
  it('publishes what is pending of all coupons, and tells how old the oldest was', async () => {
    const ids = await couponsWithPending(2, 0, 1);
    expect(await run(ids)).toEqual({ published: 3, failed: 0 });
    expect(meter.recorded).toEqual([
      ['PendingAge', (SWEEP_AGE_MS + 3_000) / 1_000],
      ['SweptClaims', 3, { outcome: 'published' }],
    ]);
    expect(waits).toBe(2);
  });

  it('waits for Kafka once while it is away, and counts all that stays pending as failed', async () => {
    const ids = await couponsWithPending(2, 1, 0, 3);
    bench.log.mood = 'away';
    expect(await run(ids)).toEqual({ published: 0, failed: 6 });
    expect(waits).toBe(1);
    expect(meter.of('PendingAge')).toHaveLength(1);
    expect(meter.recorded.slice(1)).toEqual([['SweptClaims', 6, { outcome: 'failed' }]]);
    expect(logger.lines.map(({ message, fields }) => [message, fields.failed])).toEqual([
      ['coupon not swept', undefined],
      ['pending claims swept', 2],
      ['pending claims swept', 1],
      ['pending claims swept', 3],
    ]);
  });

  it('needs no Kafka where nothing is pending', async () => {
    const ids = await couponsWithPending(0, 0);
    bench.log.mood = 'away';
    expect(await run(ids)).toEqual({ published: 0, failed: 0 });
    expect([waits, logger.lines]).toEqual([0, []]);
    expect(meter.recorded).toEqual([['PendingAge', 0]]);
  });

  it('purges afterwards; one that fails keeps no other waiting, and is told', async () => {
    let purged = 0;
    await run([], undefined, [
      () => Promise.reject(new LedgerUnavailable('away')),
      () => Promise.resolve((purged += 1)),
    ]);
    expect(purged).toBe(1);
    expect(logger.lines).toMatchObject([{ level: 'warn', message: 'not purged' }]);
  });

  it('begins no purge after its time, and tells one that is under way when it is over', async () => {
    const seen: boolean[] = [];
    const purge = (isOver: () => boolean): Promise<number> => {
      seen.push(isOver());
      bench.clock.advance(RUN_MS);
      seen.push(isOver());
      return Promise.resolve(1);
    };
    await run([], undefined, [purge, purge]);
    expect(seen).toEqual([false, true]);
  });

  it('tells no age while no gate answers: that nobody knows of any is not that there is none', async () => {
    const ids = await couponsWithPending(1, 1);
    hide(...ids);
    expect(await run(ids)).toEqual({ published: 0, failed: 0 });
    expect(meter.recorded).toEqual([]);
    expect(logger.lines.map(({ message }) => message)).toEqual([
      'coupon not swept',
      'coupon not swept',
    ]);
  });

  it('tells the age of what is known while some gates answer', async () => {
    const ids = await couponsWithPending(2, 1);
    hide(ids[0] ?? '');
    expect(await run(ids)).toEqual({ published: 1, failed: 0 });
    expect(meter.of('PendingAge')).toEqual([(SWEEP_AGE_MS + 1_000) / 1_000]);
  });

  it('tells that nothing is old where there is no coupon', async () => {
    await run([]);
    expect(meter.recorded).toEqual([['PendingAge', 0]]);
  });

  it('turns to no further coupon when its time is over, and tells that they have failed', async () => {
    const ids = await couponsWithPending(1, 1, 2);
    const swept: string[] = [];
    const done = await run(ids, (couponId) => {
      swept.push(couponId);
      bench.clock.advance(RUN_MS / 2);
      return Promise.resolve({ published: 1, failed: 0 });
    });
    expect(swept).toEqual(ids.slice(0, 2));
    expect(done).toEqual({ published: 2, failed: 2 });
  });

  it('tells a bug with its places, counts it, and goes on with the other coupons', async () => {
    const ids = await couponsWithPending(1, 1);
    const done = await run(ids, (couponId) =>
      couponId === ids[0] ? Promise.reject(new TypeError('x is none')) : bench.sweep(couponId),
    );
    expect(done).toEqual({ published: 1, failed: 1 });
    expect(unexpected).toBe(1);
    const [line] = logger.lines;
    expect(line).toMatchObject({ level: 'error', message: 'unexpected fault' });
    expect(line?.fields).toMatchObject({ what: 'coupon not swept', couponId: ids[0] });
    expect(line?.fields.at?.[0]).toContain('sweep-run.test.ts');
  });
});
