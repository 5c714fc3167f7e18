import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { gateKeys } from '../../lambdas/adapters/valkey/gate-scripts.ts';
import { valkeyStockGate } from '../../lambdas/adapters/valkey/stock-gate.ts';
import { connectValkey } from '../../lambdas/adapters/valkey/valkey-client.ts';
import { decodeClaimRecord } from '../../lambdas/domain/claim-record.ts';
import { digestOf } from '../../lambdas/domain/issuance.ts';
import type { StockGate } from '../../lambdas/domain/ports.ts';
import { MemoryStockGate } from '../fakes/memory-stock-gate.ts';
import { claimOf, contents, grantedUsers, ids, newCouponId } from '../support/samples.ts';
import { testServers } from '../support/servers.ts';

const valkey = connectValkey(
  { url: testServers().valkeyUrl, commandTimeoutMs: 5_000 },
  () => undefined,
);

afterAll(() => {
  valkey.disconnect();
});

describe.each([
  ['in memory', (): StockGate => new MemoryStockGate(() => Date.now())],
  ['in Valkey', (): StockGate => valkeyStockGate(valkey, 5_000)],
])('the gate %s that is told to forget a user', (where, newGate) => {
  let gate: StockGate;
  let couponId: string;

  beforeEach(() => {
    gate = newGate();
    couponId = newCouponId();
  });

  async function open(perUserLimit: number, epoch = 1): Promise<void> {
    await gate.beginBuilding(couponId, epoch);
    await gate.clear(couponId, epoch, perUserLimit);
    expect(await gate.open(couponId, contents({ epoch, perUserLimit, quantity: 5_000 }))).toBe(
      true,
    );
  }

  async function accepted(userId: string, key?: string): Promise<string> {
    const outcome = await gate.claim(claimOf(couponId, userId, key));
    if (outcome.kind !== 'accepted') throw new Error(`${userId}: ${outcome.kind}`);
    await gate.confirm(couponId, [digestOf(outcome.issuance.id)], 1);
    return outcome.issuance.id;
  }

  async function nameOf(id: string): Promise<string | null> {
    const finding = await gate.find(id);
    if (finding.kind !== 'found') throw new Error(`${id} is ${finding.kind}`);
    return finding.issuance.userId;
  }

  const forget = (userId: string, digests: readonly string[]): Promise<boolean> =>
    gate.forgetUser(couponId, { id: userId, key: ids.userKey(userId) }, digests);

  it('keeps the claim, all but the name, and the limit holds', async () => {
    await open(1);
    const id = await accepted('anna');
    const other = await accepted('ben');
    const before = await gate.find(id);
    const status = await gate.status(couponId);

    expect(await forget('anna', [digestOf(id)])).toBe(true);

    const issuance = before.kind === 'found' ? before.issuance : undefined;
    expect(await gate.find(id)).toEqual({ kind: 'found', issuance: { ...issuance, userId: null } });
    expect(await gate.status(couponId)).toEqual(status);
    expect(await gate.claim(claimOf(couponId, 'anna'))).toMatchObject({
      kind: 'claimed',
      issuance: { id, userId: null },
    });
    expect(await nameOf(other)).toBe('ben');
    expect(await forget('anna', [digestOf(id)])).toBe(true);
  });

  it.each(['anna', 'a|b', '1|2|3|4|anna', '"},{"', '홍길동', '%d+|.*'])(
    'finds claims of %s whose keys nobody remembers, and nobody else’s',
    async (userId) => {
      await open(100);
      const [user] = grantedUsers([userId]);
      const own = [await accepted(userId, 'k1'), await accepted(userId, 'k2')];
      const others = ['b', `${userId} `, `x|${userId}`, `${userId}|x`];
      const ofOthers = await Promise.all(others.map((other) => accepted(other, 'k1')));

      expect(await forget(user?.id ?? '', [])).toBe(true);

      expect(await Promise.all(own.map(nameOf))).toEqual([null, null]);
      expect(await Promise.all(ofOthers.map(nameOf))).toEqual(others);
    },
  );

  it('finds the rest where only some are known, among thousands', async () => {
    await open(3);
    // In groups: a confirmation is waited for, for a time that thousands at once may take.
    for (let first = 0; first < 3_000; first += 100) {
      const group = Array.from({ length: 100 }, (_, i) => `user-${first + i}`);
      await Promise.all(group.map((userId) => accepted(userId, 'k1')));
    }
    const known = await accepted('user-7', 'k2');
    const unknown = loadedId('user-7', 'k1');

    expect(await forget('user-7', [digestOf(known)])).toBe(true);

    expect(await Promise.all([known, unknown].map(nameOf))).toEqual([null, null]);
    expect(await nameOf(loadedId('user-70', 'k1'))).toBe('user-70');
  });

  function loadedId(userId: string, key: string): string {
    return `${couponId}_${ids.issuanceDigest(couponId, userId, key)}`;
  }

  it('leaves a pending record as it is: it must be published once more', async () => {
    await open(1);
    const outcome = await gate.claim(claimOf(couponId, 'anna'));
    const digest = claimOf(couponId, 'anna').digest;
    expect(await forget('anna', [digest])).toBe(true);
    const [pending] = (await Array.fromAsync(gate.pendingClaims(couponId, 0))).flat();
    expect(pending?.record).toBe(outcome.kind === 'accepted' ? outcome.record : '');
    expect(decodeClaimRecord(pending?.record ?? '')).toMatchObject({ ok: true });
  });

  it('has nothing to forget where there is no gate, or no such user', async () => {
    expect(await forget('anna', [claimOf(couponId, 'anna').digest])).toBe(true);
    expect(await gate.status(couponId)).toMatchObject({ kind: 'closed', why: 'missing' });
    await open(1);
    const id = await accepted('ben');
    expect(await forget('anna', [claimOf(couponId, 'anna').digest])).toBe(true);
    expect(await nameOf(id)).toBe('ben');
  });

  it('says so while it is being built: what is loaded may be older than the erasure', async () => {
    await open(1);
    await gate.beginBuilding(couponId, 2);
    expect(await forget('anna', [claimOf(couponId, 'anna').digest])).toBe(false);
  });

  it('has the name in none of its keys', async () => {
    if (where === 'in memory') return;
    await open(2);
    await accepted('anna-the-first', 'k1');
    await forget('anna-the-first', []);
    for (const key of gateKeys(couponId)) {
      expect(JSON.stringify(await valkey.hgetall(key))).not.toContain('anna');
    }
  });
});
