import { Redis } from 'ioredis';
import { gateKeys } from '../../../lambdas/adapters/valkey/gate-scripts.ts';
import type { FaultBench } from './fault-bench.ts';
import { lookIntoLedger } from './look-into-ledger.ts';

/**
 * Units that the coupon has given: by its gate, whatever the gate is worth, or by its rows if the
 * gate knows of fewer.
 */
export async function unitsGiven(bench: FaultBench, couponId: string): Promise<number> {
  return Math.max(
    await givenByGate(bench.flow.stack.endpoints.valkey, couponId),
    await rows(bench, couponId),
  );
}

async function givenByGate(valkeyUrl: string, couponId: string): Promise<number> {
  const valkey = new Redis(valkeyUrl);
  try {
    return Number(await valkey.hget(gateKeys(couponId)[0], 'given'));
  } finally {
    valkey.disconnect();
  }
}

async function rows(bench: FaultBench, couponId: string): Promise<number> {
  const coupons = await lookIntoLedger(bench, (ledger) =>
    ledger.select<{ issued: number }>('SELECT issued FROM coupons WHERE id = $1', [couponId]),
  );
  return Number(coupons[0]?.issued);
}
