import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ErasureLedger } from '../../lambdas/domain/erasure.ts';
import { GateUnavailable, LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import { eraseUser } from '../../lambdas/functions/manage/erase-user.ts';
import { ProtocolBench } from '../support/protocol-bench.ts';
import { ids, operator } from '../support/samples.ts';

let bench: ProtocolBench;
let erasedKeys: string[];

beforeEach(() => {
  bench = new ProtocolBench();
  erasedKeys = [];
});

/** PostgreSQL's part has its contract tests; here it only knows the rows. */
const ledger: ErasureLedger = {
  eraseUser: ({ key }) => {
    erasedKeys.push(key);
    const own = [...bench.ledger.rows.values()].filter(({ userKey }) => userKey === key);
    return Promise.resolve(own.map(({ id }) => id));
  },
};

function erase(
  userId: string,
  changes: Partial<Parameters<typeof eraseUser>[2]> = {},
): Promise<void> {
  return eraseUser(userId, operator, {
    ledger,
    gate: bench.gate,
    identifiers: ids,
    gatedCouponIds: () => bench.ledger.couponIdsEndingSince(600_000),
    ...changes,
  });
}

async function nameAtTheGate(couponId: string, userId: string): Promise<string | null> {
  const id = `${couponId}_${ids.issuanceDigest(couponId, userId, '')}`;
  const finding = await bench.gate.find(id);
  if (finding.kind !== 'found') throw new Error(`${id} is ${finding.kind}`);
  return finding.issuance.userId;
}

describe('erasing a user', () => {
  it('blanks the name at every gate that may know it, also before there is a row', async () => {
    const [first, second, third] = [
      await bench.openCoupon(),
      await bench.openCoupon(),
      await bench.openCoupon(),
    ];
    await bench.claim(first, 'anna');
    await bench.record();
    await bench.claim(second, 'anna');
    await bench.claim(second, 'ben');

    await erase('anna');

    expect(erasedKeys).toEqual([ids.userKey('anna')]);
    expect(await nameAtTheGate(first, 'anna')).toBeNull();
    expect(await nameAtTheGate(second, 'anna')).toBeNull();
    expect(await nameAtTheGate(second, 'ben')).toBe('ben');
    expect(await bench.gate.status(third)).toMatchObject({ kind: 'open', given: 0 });
  });

  it('tells each gate the digests of the rows there, and the one that a claim would have', async () => {
    const [single, several] = [
      await bench.openCoupon(),
      await bench.openCoupon({ perUserLimit: 2 }),
    ];
    await bench.claim(several, 'anna', 'k1');
    await bench.claim(several, 'anna', 'k2');
    await bench.record();
    const told = new Map<string, readonly string[]>();
    await erase('anna', {
      gate: {
        forgetUser: (couponId, user, digests) => {
          expect(user).toEqual({ id: 'anna', key: ids.userKey('anna') });
          told.set(couponId, digests);
          return Promise.resolve(true);
        },
      },
    });
    const digest = (couponId: string, key: string): string =>
      ids.issuanceDigest(couponId, 'anna', key);
    expect(told.get(single)).toEqual([digest(single, '')]);
    expect(told.get(several)?.toSorted()).toEqual(
      ['', 'k1', 'k2'].map((key) => digest(several, key)).toSorted(),
    );
  });

  it('is to be asked again while a gate is being built, and has blanked the others meanwhile', async () => {
    const coupons = await Promise.all(Array.from({ length: 5 }, () => bench.openCoupon()));
    const [building = '', ...others] = coupons.toSorted();
    for (const couponId of coupons) await bench.claim(couponId, 'anna');
    await bench.record();
    await bench.gate.beginBuilding(building, 2);

    await expect(erase('anna')).rejects.toThrow(GateUnavailable);

    for (const couponId of others) expect(await nameAtTheGate(couponId, 'anna')).toBeNull();
    await bench.restore(building);
    await erase('anna');
    expect(await nameAtTheGate(building, 'anna')).toBeNull();
  });

  it('asks no gate before PostgreSQL has forgotten, and waits for none when Valkey is away', async () => {
    for (let i = 0; i < 120; i += 1) await bench.openCoupon();
    let asked = 0;
    const gate = {
      forgetUser: () => {
        asked += 1;
        return asked === 1
          ? Promise.reject(new GateUnavailable('no connection'))
          : new Promise<boolean>((resolve) => setImmediate(resolve, true));
      },
    };
    const away = { eraseUser: () => Promise.reject(new LedgerUnavailable('away')) };
    await expect(erase('anna', { gate, ledger: away })).rejects.toThrow(LedgerUnavailable);
    expect(asked).toBe(0);
    await expect(erase('anna', { gate })).rejects.toThrow(GateUnavailable);
    for (let i = 0; i < 5; i += 1) await new Promise(setImmediate);
    expect(asked).toBeLessThanOrEqual(50);
  });
});
