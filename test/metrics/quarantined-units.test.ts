import { describe, expect, it } from '@jest/globals';
import type { GateStatus } from '../../lambdas/domain/gate.ts';
import type { CouponUnits } from '../../lambdas/domain/ledger-check.ts';
import type { GateFinding } from '../../lambdas/domain/ports.ts';
import { GateUnavailable } from '../../lambdas/domain/ports.ts';
import type { CheckedCoupon } from '../../lambdas/functions/check/check-ledger.ts';
import { checkLedger } from '../../lambdas/functions/check/check-ledger.ts';
import { ManualClock } from '../fakes/manual-clock.ts';

const TERMS = { quantity: 10, epoch: 1, version: 1 } as const;
/** Of three units that were given, one is no row. */
const GATE = { kind: 'open', ...TERMS, given: 3, pending: 0, restricted: false };
const ROWS = { ...TERMS, issued: 2, rows: 2, isOpen: true };

const FOUND = { kind: 'found' } as GateFinding;

let faults: string[];

/** Two coupons with a unit missing and a claim in quarantine each; the gate says this of the claims. */
function checked(
  find: (id: string) => Promise<GateFinding>,
  quarantined = 1,
): Promise<CheckedCoupon[]> {
  faults = [];
  const units = ['coupon-one', 'coupon-two'].map((couponId): CouponUnits => ({
    couponId,
    ...ROWS,
  }));
  return checkLedger({
    ledger: {
      readUnits: () => Promise.resolve(units),
      quarantinedIds: (couponId, most) =>
        Promise.resolve(
          Array.from({ length: quarantined }, (_, i) => `${couponId}_${i}`).slice(0, most),
        ),
      countQuarantine: () => Promise.resolve(0),
    },
    gate: { status: () => Promise.resolve(GATE as unknown as GateStatus), find },
    log: {
      endOffsets: () => Promise.resolve({ '0': '3' }),
      committedOffsets: () => Promise.resolve({ '0': '3' }),
    },
    clock: new ManualClock(),
    settings: { endedMs: 0, againMs: 1_000, maxQuarantined: 2 },
    onFault: (what) => faults.push(what),
  });
}

/** What is told to be lost of each coupon; undefined where nothing is sure. */
async function lost(...given: Parameters<typeof checked>): Promise<(number | undefined)[]> {
  return (await checked(...given)).map(({ drift }) => drift?.lost);
}

describe('a unit that is no row', () => {
  it('is lost where the gate does not know the claim in quarantine, and not where it does', async () => {
    const find = (id: string): Promise<GateFinding> =>
      Promise.resolve(id.startsWith('coupon-one') ? { kind: 'absent' } : FOUND);
    expect(await lost(find)).toEqual([1, 0]);
    expect(faults).toEqual([]);
  });

  it('may be in quarantine where the gate does not answer, which keeps no other coupon from being told', async () => {
    const find = (id: string): Promise<GateFinding> =>
      id.startsWith('coupon-one')
        ? Promise.reject(new GateUnavailable('no connection'))
        : Promise.resolve({ kind: 'absent' });
    expect(await lost(find)).toEqual([undefined, 1]);
    expect(faults).toEqual(['gate to be checked']);
  });

  it('may be in quarantine where the gate was closed meanwhile', async () => {
    const closed: GateFinding = { kind: 'closed', missing: true };
    expect(await lost(() => Promise.resolve(closed))).toEqual([undefined, undefined]);
  });

  it('is not told where there are more in quarantine than are looked up', async () => {
    expect(await lost(() => Promise.resolve({ kind: 'absent' }), 3)).toEqual([0, 0]);
  });
});
