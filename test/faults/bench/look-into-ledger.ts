import { expect } from 'expect';
import { LedgerReader } from '../../support/ledger-reader.ts';
import type { FaultBench } from './fault-bench.ts';
import type { Stage } from './row.ts';

/** Behind the API's back, as the application's user. */
export async function lookIntoLedger<T>(
  { flow }: FaultBench,
  look: (ledger: LedgerReader) => Promise<T>,
): Promise<T> {
  const ledger = new LedgerReader(flow.stack.endpoints.databaseUrl);
  try {
    return await look(ledger);
  } finally {
    await ledger.close();
  }
}

/** A batch that comes again is no conflict with itself. */
export async function nothingQuarantined({ bench, spike }: Stage): Promise<void> {
  const quarantined = await lookIntoLedger(bench, (ledger) =>
    ledger.select('SELECT reason, detail FROM quarantine WHERE coupon_id = $1', [spike.couponId]),
  );
  expect(quarantined).toEqual([]);
}
