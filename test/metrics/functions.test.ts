import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { observationsIn } from '../../bench/monitoring/recorded.ts';
import { statisticOf } from '../../bench/monitoring/statistics.ts';
import { emfMeter } from '../../lambdas/adapters/emf/emf-meter.ts';
import { GateUnavailable, LedgerUnavailable, LogUnavailable } from '../../lambdas/domain/ports.ts';
import type { CheckedCoupon } from '../../lambdas/functions/check/check-ledger.ts';
import type { CheckHandlerDependencies } from '../../lambdas/functions/check/handler.ts';
import { checkHandler } from '../../lambdas/functions/check/handler.ts';
import { measureBatch } from '../../lambdas/functions/record/measure-batch.ts';
import { readPending } from '../../lambdas/functions/sweep/read-pending.ts';
import { openMeter } from '../../lambdas/wiring/meter.ts';
import { readEmfLine } from '../../local/metrics/emf-line.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { MemoryLogger } from '../fakes/memory-logger.ts';
import { MemoryMeter } from '../fakes/memory-meter.ts';
import { ProtocolBench } from '../support/protocol-bench.ts';

/** Of fewer values CloudWatch judges no 99th percentile. */
const FEW = 1_000;

describe('a batch', () => {
  const summary = {
    inserted: 0,
    duplicates: 0,
    late: [],
    quarantined: [],
    acceptedAt: [],
    told: [],
  };

  it('of a thousand has as many waits, which an alarm on their percentile judges alone', () => {
    const lines: string[] = [];
    const meter = emfMeter({
      service: 'coupon-test',
      clock: new ManualClock(),
      write: (line) => lines.push(line),
    });
    const acceptedAt = Array.from({ length: FEW }, () => 10_000);
    measureBatch({ ...summary, inserted: FEW, acceptedAt }, meter, 70_000);
    meter.flush();
    const observed = observationsIn(lines.join('\n')).filter(({ name }) => name === 'IssuedAfter');
    expect(statisticOf('SampleCount', observed)).toBe(FEW);
    expect(statisticOf('p99', observed)).toBe(60_000);
  });

  it('whose gate is ahead of us waited no less than nothing', () => {
    const meter = new MemoryMeter();
    measureBatch({ ...summary, inserted: 1, acceptedAt: [10_500] }, meter, 10_000);
    expect(meter.of('IssuedAfter')).toEqual([0]);
  });
});

describe('the oldest pending claim', () => {
  it('is as old as the gate says, and nothing while none is old', async () => {
    const bench = new ProtocolBench();
    const couponId = await bench.openCoupon({ quantity: 5 });
    const age = async (): Promise<number> => {
      const read = await readPending(couponId, {
        gate: bench.gate,
        gateTime: () => Promise.resolve(bench.clock.now()),
        minAgeMs: 4_000,
      });
      return read.oldestMs;
    };
    bench.log.mood = 'request lost';
    for (const user of ['anna', 'ben']) {
      await bench.claim(couponId, user).catch(() => undefined);
      bench.clock.advance(3_000);
    }
    const young = await age();
    bench.clock.advance(2_000);
    const old = await age();
    expect(old - young).toBe(2_000);
    expect(young).toBeGreaterThanOrEqual(6_000);
    bench.log.mood = 'well';
    await bench.sweep(couponId);
    expect(await age()).toBe(0);
  });
});

describe('the check function', () => {
  const open: CheckedCoupon = {
    couponId: 'q1w2e3r4t5y6',
    quantity: 10,
    epoch: 1,
    version: 1,
    issued: 3,
    rows: 3,
    isOpen: true,
    gate: {
      kind: 'open',
      epoch: 1,
      version: 1,
      quantity: 10,
      given: 4,
      pending: 0,
      restricted: false,
      openedAt: 0,
      refusals: {
        sold_out: 0,
        issue_not_started: 0,
        issue_ended: 0,
        coupon_paused: 0,
        coupon_closed: 0,
        user_limit_reached: 0,
      },
    },
    drift: { counter: 0, lost: 0, unknown: 0, quantity: 0 },
  };

  async function told(coupons: CheckedCoupon[], changes: Partial<CheckHandlerDependencies> = {}) {
    const meter = new MemoryMeter();
    const logger = new MemoryLogger();
    const faults: string[] = [];
    const run = checkHandler({
      unrecorded: () => Promise.resolve(7),
      check: () => Promise.resolve(coupons),
      ledger: { countQuarantine: () => Promise.resolve(2) },
      meter,
      logger,
      onFault: (what) => faults.push(what),
      ...changes,
    });
    const outcome = await run().catch((error: unknown) => error);
    return { outcome, meter, faults, lines: logger.lines };
  }

  it('tells the units of open coupons, and that all is well', async () => {
    const { outcome, meter, lines } = await told([
      open,
      { ...open, couponId: 'ended', isOpen: false },
    ]);
    expect(meter.recorded.toSorted()).toEqual([
      ['GatesClosed', 0],
      ['LedgerDrift', 0],
      ['QuarantineWaiting', 2],
      ['RecordLag', 7],
      ['UnitsGiven', 4, { couponId: open.couponId }],
      ['UnitsLeft', 6, { couponId: open.couponId }],
    ]);
    expect(lines).toEqual([]);
    expect(outcome).toEqual({ coupons: 2, drift: 0 });
  });

  it('counts gates that are closed or away, and tells no drift of which it knows nothing', async () => {
    const closed = { kind: 'closed', why: 'building', buildingEpoch: 2, version: 1 } as const;
    const { meter } = await told([
      { ...open, gate: closed, drift: undefined },
      { ...open, gate: undefined, drift: undefined },
    ]);
    expect(meter.of('GatesClosed')).toEqual([2]);
    expect(meter.of('LedgerDrift')).toEqual([]);
  });

  it('adds drifts up, and names each with its numbers', async () => {
    const drifting = (lost: number) => ({ ...open, drift: { ...open.drift, lost } as never });
    const { meter, lines } = await told([drifting(1), drifting(2), open]);
    expect(meter.of('LedgerDrift')).toEqual([3]);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ level: 'error', message: 'ledger drift' });
    const numbers = { lost: 1, issued: 3, rows: 3, given: 4 };
    expect(lines[0]?.fields).toMatchObject({ couponId: open.couponId, ...numbers });
  });

  it('tells how many records wait while PostgreSQL is away, and fails at its end', async () => {
    const fault = new LedgerUnavailable('PostgreSQL is away');
    const { outcome, meter, lines } = await told([], {
      check: () => Promise.reject(fault),
      ledger: { countQuarantine: () => Promise.reject(fault) },
    });
    expect(outcome).toBe(fault);
    expect(meter.recorded).toEqual([['RecordLag', 7]]);
    expect(lines.map(({ level, fields: { what } }) => [level, what]).toSorted()).toEqual([
      ['warn', 'coupons to be checked'],
      ['warn', 'quarantine to be counted'],
    ]);
  });

  it('tells the rest where one part fails, and ends with the bug rather than with what is away', async () => {
    const { outcome, meter } = await told([open], {
      check: () => Promise.reject(new LedgerUnavailable('PostgreSQL is away')),
      ledger: { countQuarantine: () => Promise.reject(new TypeError('anna is none')) },
    });
    expect(outcome).toMatchObject({ name: 'TypeError', message: '' });
    expect(meter.recorded).toEqual([['RecordLag', 7]]);
    const rest = await told([open], {
      ledger: { countQuarantine: () => Promise.reject(new LedgerUnavailable('slow')) },
    });
    expect(rest.outcome).toBeInstanceOf(LedgerUnavailable);
    expect(rest.meter.of('LedgerDrift')).toEqual([0]);
  });

  it('does not fail while Kafka is away, and tells no lag of which it knows nothing', async () => {
    const { outcome, meter, faults } = await told([{ ...open, drift: undefined }], {
      unrecorded: () => Promise.reject(new LogUnavailable('no connection to Kafka')),
    });
    expect(outcome).toEqual({ coupons: 1, drift: null });
    expect(meter.of('RecordLag')).toEqual([]);
    expect(meter.of('GatesClosed')).toEqual([0]);
    expect(faults).toEqual(['log to be measured']);
  });
});

describe('the meter of a function', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** What goes to stdout, as on AWS. */
  function stdout(): string[] {
    const lines: string[] = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
    return lines;
  }

  const environment = { POWERTOOLS_SERVICE_NAME: 'coupon-test' };

  it('writes to stdout at the end of each run, and counts what nobody expected', async () => {
    const lines = stdout();
    const meter = openMeter(environment, 'sweep', () => undefined);
    const faults = [new GateUnavailable('away'), new TypeError('a bug')];
    const run = meter.afterRuns(() => {
      meter.record('PendingAge', 3);
      return Promise.reject(faults.shift() ?? new Error());
    });
    await expect(run()).rejects.toThrow('away');
    await expect(run()).rejects.toThrow('a bug');
    expect(lines.every((line) => line.endsWith('}\n'))).toBe(true);
    expect(
      lines.flatMap(readEmfLine).map(({ name, dimensions, values }) => [name, dimensions, values]),
    ).toEqual([
      ['PendingAge', { service: 'coupon-test' }, [3]],
      ['PendingAge', { service: 'coupon-test' }, [3]],
      ['UnexpectedFaults', { service: 'coupon-test', function: 'sweep' }, [1]],
    ]);
  });

  it('writes a line a second where users ask, and what is left when nobody asks any more', async () => {
    const lines = stdout();
    const meter = openMeter(environment, 'issue', () => undefined);
    const handle = meter.afterRequests((outcome: string) => {
      meter.record('Claims', 1, { outcome });
      return Promise.resolve(outcome);
    });
    for (let i = 0; i < 20; i += 1) expect(await handle('accepted')).toBe('accepted');
    expect(lines).toHaveLength(1);
    await new Promise((resolve) => {
      setTimeout(resolve, 1_200);
    });
    expect(lines.flatMap(readEmfLine).map(({ values }) => values)).toEqual([[1], [19]]);
  });
});
