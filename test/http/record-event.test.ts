import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import type { MSKEvent } from 'aws-lambda';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import { recordHandler } from '../../lambdas/functions/record/handler.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { MemoryLedger } from '../fakes/memory-ledger.ts';
import { MemoryMeter } from '../fakes/memory-meter.ts';
import { definition, operator } from '../support/samples.ts';

/** A quarter of a second after the one good record passed its gate. */
const clock = new ManualClock(1_795_000_000_250);

const event = JSON.parse(
  readFileSync(new URL('../events/msk-two-partitions.json', import.meta.url), 'utf8'),
) as MSKEvent;

it('a batch of two partitions as MSK sends it is stored, and what is poison kept whole', async () => {
  const ledger = new MemoryLedger(() => Date.now());
  await ledger.createCoupon('couponcoupon', definition(), operator);
  const logged: unknown[] = [];
  const log = (message: string, fields: unknown): void => {
    logged.push([message, fields]);
  };
  const meter = new MemoryMeter();
  await recordHandler({ ledger, logger: { warn: log, error: log }, meter, clock })(event);

  expect([...ledger.rows.values()]).toMatchObject([
    { couponId: 'couponcoupon', userId: 'anna', sequence: 1, epoch: 1 },
  ]);
  expect([...ledger.quarantine.values()]).toMatchObject([
    {
      reason: 'malformed',
      detail: 'not JSON',
      entry: {
        partition: 1,
        offset: '3',
        key: undefined,
        value: Buffer.from('not JSON'),
        headers: [['binary', 'AP8=']],
      },
    },
    {
      reason: 'malformed',
      detail: 'no value',
      entry: { offset: '4', key: Buffer.from('key'), value: undefined, headers: [] },
    },
  ]);
  expect(logged).toEqual([
    ['record quarantined', { reason: 'malformed', ...at('3') }],
    ['record quarantined', { reason: 'malformed', ...at('4') }],
  ]);
  expect(meter.recorded).toEqual([
    ['RecordBatch', 3],
    ['RecordDuration', 0],
    ['RecordedIssuances', 1],
    ['QuarantinedRecords', 1, { reason: 'malformed' }],
    ['QuarantinedRecords', 1, { reason: 'malformed' }],
    ['IssuedAfter', 250],
  ]);
});

it.each([
  ['is away, with a warning', new LedgerUnavailable('away'), 'warn', { reason: 'away' }],
  ['refuses, with an error that quotes nothing', new Error('of anna'), 'error', {}],
])('a batch fails as a whole when the ledger %s', async (_, fault, level, more) => {
  const ledger = { storeBatch: () => Promise.reject(fault) };
  const logged: unknown[] = [];
  const warn = (...entry: unknown[]): unknown => logged.push(['warn', ...entry]);
  const error = (...entry: unknown[]): unknown => logged.push(['error', ...entry]);
  const meter = new MemoryMeter();
  const handle = recordHandler({ ledger, logger: { warn, error }, meter, clock });
  await expect(handle(event)).rejects.toBe(fault);
  expect(meter.recorded).toEqual([['RecordBatch', 3]]);
  const from = [
    { topic: 'coupon-issuances', partition: 0, offset: expect.any(String) as unknown },
    at('3'),
  ];
  expect(logged).toEqual([
    [level, 'batch not stored', { records: 3, from, fault: fault.name, ...more }],
  ]);
});

function at(offset: string): object {
  return { topic: 'coupon-issuances', partition: 1, offset };
}
