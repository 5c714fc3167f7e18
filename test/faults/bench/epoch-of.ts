import type { FaultBench } from './fault-bench.ts';
import { lookIntoLedger } from './look-into-ledger.ts';

/** How many times the building of the coupon's gate has begun. */
export async function epochOf(bench: FaultBench, couponId: string): Promise<number> {
  const statement = 'SELECT epoch FROM coupons WHERE id = $1';
  const [row] = await lookIntoLedger(bench, (ledger) =>
    ledger.select<{ epoch: number }>(statement, [couponId]),
  );
  return row?.epoch ?? 0;
}
