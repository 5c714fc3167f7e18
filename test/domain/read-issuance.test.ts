import { beforeEach, describe, expect, it } from '@jest/globals';
import { closedGateLookup } from '../../lambdas/domain/closed-gate.ts';
import type { IssuanceReading } from '../../lambdas/functions/redeem/read-issuance.ts';
import { readIssuance } from '../../lambdas/functions/redeem/read-issuance.ts';
import { loadedClaim, newCouponId } from '../support/samples.ts';
import { ProtocolBench } from '../support/protocol-bench.ts';

let bench: ProtocolBench;
let couponId: string;
let id: string;

beforeEach(async () => {
  bench = new ProtocolBench();
  couponId = await bench.openCoupon();
  const outcome = await bench.claim(couponId, 'anna');
  if (outcome.kind !== 'accepted') throw new Error('not accepted');
  ({ id } = outcome.issuance);
});

function read(issuance: string): Promise<IssuanceReading> {
  const restores = { request: () => Promise.resolve() };
  const coupons = closedGateLookup(
    bench.ledger,
    restores,
    bench.clock,
    bench.restoreSettings.forgetAfterMs,
    () => undefined,
  );
  return readIssuance(issuance, { ledger: bench.ledger, gate: bench.gate, coupons });
}

describe('an issuance', () => {
  it('is readable from its acceptance, and as a row once it is issued', async () => {
    expect(await read(id)).toMatchObject({ kind: 'found', issuance: { id, userId: 'anna' } });
    await bench.record();
    expect(await read(id)).toMatchObject({ kind: 'found', issuance: { id, state: 'issued' } });
  });

  it('is readable as a row while the gate is lost', async () => {
    await bench.record();
    bench.gate.flush();
    expect(await read(id)).toMatchObject({ kind: 'found', issuance: { state: 'issued' } });
  });

  it('is never denied while nobody can tell', async () => {
    bench.gate.flush();
    expect(await read(id)).toEqual({ kind: 'cannot_tell' });
  });

  it('is absent when the gate says so, or when the coupon is over or unknown', async () => {
    expect(await read(loadedClaim(couponId, 'ben').id)).toEqual({ kind: 'absent' });
    expect(await read(loadedClaim(newCouponId(), 'ben').id)).toEqual({ kind: 'absent' });
    bench.gate.flush();
    bench.clock.advance(3_600_000 + bench.restoreSettings.forgetAfterMs);
    expect(await read(loadedClaim(couponId, 'ben').id)).toEqual({ kind: 'absent' });
  });
});
