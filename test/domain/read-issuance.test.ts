import { beforeEach, describe, expect, it } from '@jest/globals';
import { closedGateLookup } from '../../lambdas/domain/closed-gate.ts';
import type {
  IssuanceReading,
  Missing,
  ReadIssuanceDependencies,
} from '../../lambdas/functions/redeem/read-issuance.ts';
import { readIssuance, whyMissing } from '../../lambdas/functions/redeem/read-issuance.ts';
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

function dependencies(): ReadIssuanceDependencies {
  const restores = { request: () => Promise.resolve() };
  const coupons = closedGateLookup(
    bench.ledger,
    restores,
    bench.clock,
    bench.restoreSettings.forgetAfterMs,
    () => undefined,
  );
  return { ledger: bench.ledger, gate: bench.gate, coupons };
}

function read(issuance: string): Promise<IssuanceReading> {
  return readIssuance(issuance, dependencies());
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

  it('is issued until its validity is over, and expired then', async () => {
    await bench.record();
    bench.clock.advance(30 * 24 * 3_600_000 - 1);
    expect(await read(id)).toMatchObject({ issuance: { state: 'issued' } });
    bench.clock.advance(1);
    expect(await read(id)).toMatchObject({ issuance: { state: 'expired' } });
  });
});

describe('an issuance that is no row', () => {
  const why = (issuance: string, ownerId?: string): Promise<Missing> =>
    whyMissing(issuance, ownerId, dependencies());

  it('is not ready while it is accepted: to shops, operators and its owner', async () => {
    expect(await why(id)).toBe('issuance_not_ready');
    expect(await why(id, 'anna')).toBe('issuance_not_ready');
    expect(await why(id, 'ben')).toBe('issuance_not_found');
  });

  it('is denied only by who can tell', async () => {
    expect(await why(loadedClaim(couponId, 'ben').id)).toBe('issuance_not_found');
    expect(await why(loadedClaim(newCouponId(), 'ben').id)).toBe('issuance_not_found');
    bench.gate.flush();
    expect(await why(id)).toBe('gate_closed');
    expect(await why(loadedClaim(couponId, 'ben').id, 'ben')).toBe('gate_closed');
  });
});
