import { beforeEach, describe, expect, it } from '@jest/globals';
import { workFaultReport, type FaultReport } from '../../lambdas/config/logger.ts';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import { notify } from '../../lambdas/functions/notify/notify.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { MemoryLogger } from '../fakes/memory-logger.ts';
import { MemoryMeter } from '../fakes/memory-meter.ts';
import { GrantBench } from '../support/grant-bench.ts';

let logger: MemoryLogger;
let unexpected: number;
let report: FaultReport;

beforeEach(() => {
  logger = new MemoryLogger();
  unexpected = 0;
  report = workFaultReport(logger, () => (unexpected += 1));
});

function bug(): TypeError {
  return new TypeError('anna is not a function');
}

/** The rights that a migration forgot. */
function forbidden(): Error {
  return Object.assign(new Error('permission denied for table coupons'), { code: '42501' });
}

describe('a fault of work that others go on after', () => {
  it('is a warning where a server is away, once in some seconds, and counts as nothing', () => {
    for (let i = 0; i < 10; i += 1) report('summaries', new LedgerUnavailable('PostgreSQL: 53300'));
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        message: 'fault',
        fields: { what: 'summaries', fault: 'LedgerUnavailable', reason: 'PostgreSQL: 53300' },
      },
    ]);
    expect(unexpected).toBe(0);
  });

  it.each([
    ['a bug', bug, { fault: 'TypeError', reason: '' }],
    ['a right that is missing', forbidden, { fault: 'Error', reason: '42501' }],
  ])(
    'is an error to mend where it is %s, with its places and without its words',
    (_, made, words) => {
      report('summaries', made());
      expect(unexpected).toBe(1);
      const at = [expect.stringContaining('work-faults.test.ts')];
      expect(logger.lines).toEqual([
        {
          level: 'error',
          message: 'unexpected fault',
          fields: { what: 'summaries', ...words, at: expect.arrayContaining(at) },
        },
      ]);
    },
  );

  it('counts each time, though its line is written once in some seconds', () => {
    for (let i = 0; i < 10; i += 1) report('grant claim', bug());
    report('grant', bug());
    expect(unexpected).toBe(11);
    expect(logger.lines.map(({ fields }) => fields.what)).toEqual(['grant claim', 'grant']);
  });
});

describe('a bug is told', () => {
  it('of the work on grants, which waits for the next run', async () => {
    const bench = new GrantBench();
    const couponId = await bench.openCoupon({ quantity: 5 });
    const { id } = await bench.grant(couponId, ['anna', 'ben']);
    bench.gate.claim = () => Promise.reject(bug());
    bench.onFault = report;
    expect((await bench.work()).waiting).toEqual([id]);
    expect(unexpected).toBe(2);
    expect(logger.lines.map(({ level }) => level)).toEqual(['error']);
  });

  it('of what is planned and counted around the sending', async () => {
    const sent = { sent: 1, again: 0, parked: 0, left: 0 };
    const done = await notify({
      plans: {
        endedCoupons: () => Promise.reject(forbidden()),
        planReminders: () => Promise.reject(bug()),
        tellSummary: () => Promise.resolve(),
      },
      queue: { counts: () => Promise.reject(new LedgerUnavailable('PostgreSQL is away')) },
      readStats: () => Promise.resolve(undefined),
      deliver: () => Promise.resolve(sent as never),
      clock: new ManualClock(),
      runMs: 1_000,
      planningMs: 500,
      summaryWaitsMs: 0,
      meter: new MemoryMeter(),
      onFault: report,
    });
    expect(done).toBe(sent);
    expect(logger.lines.map(({ level, fields: { what } }) => [level, what])).toEqual([
      ['error', 'summaries'],
      ['error', 'reminders'],
      ['warn', 'counts of notifications'],
    ]);
    expect(unexpected).toBe(2);
  });
});
