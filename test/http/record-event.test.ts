import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { MSKEvent } from 'aws-lambda';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import { recordHandler } from '../../lambdas/functions/record/handler.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { MemoryLedger } from '../fakes/memory-ledger.ts';
import { MemoryLogger, type MemoryLine } from '../fakes/memory-logger.ts';
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
  const logger = new MemoryLogger();
  const meter = new MemoryMeter();
  await recordHandler({ ledger, logger, meter, clock })(event);

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
  const quarantined = { level: 'error', message: 'record quarantined' };
  expect(logger.lines).toEqual([
    { ...quarantined, fields: { reason: 'malformed', ...at('3') } },
    { ...quarantined, fields: { reason: 'malformed', ...at('4') } },
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

describe('what is logged of a batch', () => {
  const REQUEST = '1-6b032c9a-9784039597f0000000000005';
  const bytes = (text: string): number[] => [...Buffer.from(text)];

  /** The first record of the event, time and again, with these headers. */
  function batchOf(count: number, ...headers: readonly Record<string, number[]>[]): MSKEvent {
    const [first] = event.records['coupon-issuances-0'] ?? [];
    const records = Array.from({ length: count }, (_, i) => ({ ...first, offset: i, headers }));
    return { ...event, records: { 'coupon-issuances-0': records } } as unknown as MSKEvent;
  }

  async function linesOf(batch: MSKEvent): Promise<MemoryLine[]> {
    const logger = new MemoryLogger(true);
    const ledger = new MemoryLedger(() => Date.now());
    await ledger.createCoupon('couponcoupon', definition(), operator);
    await recordHandler({ ledger, logger, meter: new MemoryMeter(), clock })(batch);
    return logger.lines;
  }

  it('names each claim, with the request that it came with', async () => {
    const [line, ...others] = await linesOf(batchOf(2, { 'request-id': bytes(REQUEST) }));
    const claim = { issuanceId: `couponcoupon_${'A'.repeat(22)}`, requestId: REQUEST };
    expect(line).toMatchObject({
      level: 'info',
      message: 'batch recorded',
      fields: { records: 2, inserted: 1, duplicates: 1, late: 0, claims: [claim, claim] },
    });
    expect(others).toEqual([]);
  });

  it.each(['Bearer eyJhbGciOi', `${REQUEST} anna`, '', 'x'.repeat(200)])(
    'takes no request id that does not look like one: %.20s',
    async (text) => {
      const [line] = await linesOf(batchOf(1, { 'request-id': bytes(text) }));
      expect(line?.fields.claims?.map(({ requestId }) => requestId)).toEqual([undefined]);
    },
  );

  it('is split where it would be too long for a line', async () => {
    const lines = await linesOf(batchOf(450));
    expect(lines.map(({ message, fields }) => [message, fields.claims?.length])).toEqual([
      ['batch recorded', 200],
      ['batch continued', 200],
      ['batch continued', 50],
    ]);
  });

  it('has the request of what is quarantined, too', async () => {
    const poison = batchOf(1, { 'request-id': bytes(REQUEST) });
    const [record] = poison.records['coupon-issuances-0'] ?? [];
    if (record !== undefined) record.value = '';
    expect(await linesOf(poison)).toMatchObject([
      { message: 'record quarantined', fields: { reason: 'malformed', requestId: REQUEST } },
      { message: 'batch recorded', fields: { quarantined: 1 } },
    ]);
  });
});

it.each([
  ['is away, with a warning', new LedgerUnavailable('away'), 'warn', { reason: 'away' }],
  ['refuses, with an error that quotes nothing', refusal(), 'error', { reason: '23505' }],
])('a batch fails as a whole when the ledger %s', async (_, fault, level, more) => {
  const ledger = { storeBatch: () => Promise.reject(fault) };
  const logger = new MemoryLogger();
  const meter = new MemoryMeter();
  const handle = recordHandler({ ledger, logger, meter, clock });
  const failure = await handle(event).catch((error: unknown) => error);
  // Lambda writes into the log what is thrown, with all that hangs on it.
  expect(failure).toMatchObject({ name: fault.name, message: more.reason });
  expect(inspect(failure)).not.toContain('anna');
  expect(meter.recorded).toEqual([['RecordBatch', 3]]);
  const from = [
    { topic: 'coupon-issuances', partition: 0, offset: expect.any(String) as unknown },
    at('3'),
  ];
  const fields = { records: 3, from, fault: fault.name, ...more };
  expect(logger.lines).toEqual([{ level, message: 'batch not stored', fields }]);
});

/** As pg's: it hangs everything that PostgreSQL says on its error. */
function refusal(): Error {
  const said = { code: '23505', detail: 'Key (user_id)=(anna) already exists.' };
  return Object.assign(new Error('duplicate key of anna'), said);
}

function at(offset: string): object {
  return { topic: 'coupon-issuances', partition: 1, offset };
}
