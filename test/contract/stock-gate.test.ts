import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { valkeyStockGate } from '../../lambdas/adapters/valkey/stock-gate.ts';
import { connectValkey } from '../../lambdas/adapters/valkey/valkey-client.ts';
import { gateKeys } from '../../lambdas/adapters/valkey/gate-scripts.ts';
import { decodeClaimRecord } from '../../lambdas/domain/claim-record.ts';
import type { ClaimOutcome, GateContents } from '../../lambdas/domain/gate.ts';
import { couponIdOf, digestOf } from '../../lambdas/domain/issuance.ts';
import type { LoadedClaim, PendingClaim, StockGate } from '../../lambdas/domain/ports.ts';
import { MemoryStockGate } from '../fakes/memory-stock-gate.ts';
import { claimOf, contents, loadedClaim, newCouponId, terms } from '../support/samples.ts';
import { testServers } from '../support/servers.ts';
import { until } from '../support/until.ts';

const valkey = connectValkey(
  { url: testServers().valkeyUrl, commandTimeoutMs: 5_000 },
  () => undefined,
);

afterAll(() => {
  valkey.disconnect();
});

/** What happens to a server. */
interface Disturbances {
  /** What is there was written by another server. */
  restart(couponId: string): unknown;
  /** It was another server's replica, and is the primary again. */
  swapRoles(couponId: string): unknown;
  loseClaim(id: string): unknown;
}

function inMemory(): [StockGate, Disturbances] {
  const gate = new MemoryStockGate(() => Date.now());
  return [
    gate,
    {
      restart: () => {
        gate.changeServer('another');
      },
      swapRoles: () => {
        gate.changeServer('server-1', 'another line');
      },
      loseClaim: (id) => {
        gate.dropClaim(id);
      },
    },
  ];
}

function inValkey(): [StockGate, Disturbances] {
  const another = 'f'.repeat(40);
  return [
    valkeyStockGate(valkey, 5_000),
    {
      restart: (couponId) => valkey.hset(gateKeys(couponId)[0], 'runId', another),
      swapRoles: (couponId) => valkey.hset(gateKeys(couponId)[0], 'replId', another),
      loseClaim: (id) => valkey.hdel(gateKeys(couponIdOf(id))[1], digestOf(id)),
    },
  ];
}

const implementations: [string, () => [StockGate, Disturbances]][] = [
  ['in memory', inMemory],
  ['in Valkey', inValkey],
];

describe.each(implementations)('the gate %s', (_, newGate) => {
  let gate: StockGate;
  let disturb: Disturbances;
  let couponId: string;

  beforeEach(() => {
    [gate, disturb] = newGate();
    couponId = newCouponId();
  });

  async function open(
    changes: Partial<GateContents> = {},
    claims: readonly LoadedClaim[] = [],
  ): Promise<void> {
    const all = contents({ given: claims.length, ...changes });
    expect(await gate.beginBuilding(couponId, all.epoch)).toBe(true);
    expect(await gate.clear(couponId, all.epoch, all.perUserLimit)).toBe(true);
    if (claims.length > 0) expect(await gate.load(couponId, all.epoch, claims)).toBe(true);
    expect(await gate.open(couponId, all)).toBe(true);
  }

  const claim = (userId: string, key?: string): Promise<ClaimOutcome> =>
    gate.claim(claimOf(couponId, userId, key));

  async function pending(minAgeMs = 0): Promise<PendingClaim[]> {
    return (await Array.fromAsync(gate.pendingClaims(couponId, minAgeMs))).flat();
  }

  async function accepted(userId: string, key?: string): Promise<Accepted> {
    const outcome = await claim(userId, key);
    if (outcome.kind !== 'accepted') throw new Error(`${userId} was not accepted: ${outcome.kind}`);
    return outcome;
  }

  it('accepts a claim and keeps the record that must be published', async () => {
    await open();
    const before = Date.now();
    const { issuance, record } = await accepted('anna');
    expect(issuance).toMatchObject({ couponId, userId: 'anna', ordinal: 1, sequence: 1, epoch: 1 });
    expect(issuance.id).toBe(`${couponId}_${claimOf(couponId, 'anna').digest}`);
    expect(issuance.acceptedAt).toBeGreaterThanOrEqual(before - 1_000);
    expect(issuance.acceptedAt).toBeLessThanOrEqual(Date.now() + 1_000);
    expect(decodeClaimRecord(record)).toEqual({
      ok: true,
      record: { ...issuance, userKey: claimOf(couponId, 'anna').userKey },
    });
    const { digest } = claimOf(couponId, 'anna');
    const { acceptedAt } = issuance;
    expect(await pending()).toEqual([{ digest, epoch: 1, acceptedAt, record }]);
  });

  it('answers a repeated claim with the same record until its publish is confirmed', async () => {
    await open();
    const { issuance, record } = await accepted('anna');
    expect(await claim('anna')).toEqual({ kind: 'pending', issuance, record });
    await gate.confirm(couponId, [claimOf(couponId, 'anna').digest], 1);
    expect(await claim('anna')).toEqual({
      kind: 'claimed',
      issuance,
      ageMs: expect.any(Number) as unknown,
    });
    expect(await pending()).toEqual([]);
  });

  it('keeps any user id as it is, also one with quotes, bars and other scripts', async () => {
    await open();
    for (const userId of ['"},{"x":1', 'a|b|c', '홍길동 \\ \n', '"acceptedAt":1,"epoch":9}']) {
      const { issuance } = await accepted(userId);
      expect(issuance.userId).toBe(userId);
      await gate.confirm(couponId, [claimOf(couponId, userId).digest], 1);
      expect(await claim(userId)).toMatchObject({ kind: 'claimed', issuance: { userId } });
    }
    expect(await pending()).toEqual([]);
  });

  it('gives no more than the quantity, and the same users still get their own', async () => {
    await open({ quantity: 2 });
    const { issuance } = await accepted('anna');
    await accepted('ben');
    expect(await claim('carl')).toEqual({ kind: 'refused', reason: 'sold_out' });
    expect(await claim('anna')).toMatchObject({ kind: 'pending', issuance });
    expect(await gate.status(couponId)).toMatchObject({ kind: 'open', given: 2, pending: 2 });
  });

  it.each([
    ['paused', 'coupon_paused', { control: 'paused' }],
    ['closed', 'coupon_closed', { control: 'closed' }],
    ['not started', 'issue_not_started', { issueStartsAt: Date.now() + 60_000 }],
    ['ended', 'issue_ended', { issueEndsAt: Date.now() - 1 }],
    ['ended and paused', 'issue_ended', { issueEndsAt: Date.now() - 1, control: 'paused' }],
  ] as const)(
    'refuses a new claim when %s, not a repeated one',
    async (_state, reason, changes) => {
      await open(changes, [loadedClaim(couponId, 'anna')]);
      expect(await claim('ben')).toEqual({ kind: 'refused', reason });
      expect(await claim('anna')).toMatchObject({ kind: 'claimed', issuance: { userId: 'anna' } });
    },
  );

  it('gives a user up to the limit, one for each Idempotency-Key', async () => {
    await open({ perUserLimit: 2 });
    expect(await claim('anna')).toEqual({ kind: 'refused', reason: 'idempotency_key_required' });
    const first = await accepted('anna', 'k1');
    const second = await accepted('anna', 'k2');
    expect([first.issuance.ordinal, second.issuance.ordinal]).toEqual([1, 2]);
    expect(first.issuance.id).not.toBe(second.issuance.id);
    expect(await claim('anna', 'k1')).toMatchObject({ kind: 'pending', issuance: first.issuance });
    expect(await claim('anna', 'k3')).toEqual({ kind: 'refused', reason: 'user_limit_reached' });
    expect((await accepted('ben', 'k1')).issuance.ordinal).toBe(1);
  });

  it('takes the lowest free ordinal of a user after a rebuild', async () => {
    await open({ perUserLimit: 3, lastSequence: 7 }, [
      loadedClaim(couponId, 'anna', { ordinal: 2, sequence: 7 }),
    ]);
    expect((await accepted('anna', 'k1')).issuance).toMatchObject({ ordinal: 1, sequence: 8 });
    expect((await accepted('anna', 'k2')).issuance.ordinal).toBe(3);
    expect(await claim('anna', 'k3')).toEqual({ kind: 'refused', reason: 'user_limit_reached' });
  });

  it('confirms only what is of the same epoch', async () => {
    await open();
    await accepted('anna');
    await open({ epoch: 2 });
    const { record, issuance } = await accepted('anna');
    const { digest } = claimOf(couponId, 'anna');
    await gate.confirm(couponId, [digest], 1);
    const { acceptedAt } = issuance;
    expect(await pending()).toEqual([{ digest, epoch: 2, acceptedAt, record }]);
  });

  it('shows the sweep only claims of some age', async () => {
    await open();
    await accepted('anna');
    expect(await pending(60_000)).toEqual([]);
    expect(await pending(0)).toHaveLength(1);
  });

  it('pages through many pending claims', async () => {
    await open({ quantity: 2_000 });
    const users = Array.from({ length: 1_200 }, (_unused, i) => `user-${i}`);
    await Promise.all(users.map(claimOfUser));
    const found = await pending();
    expect(new Set(found.map(({ digest }) => digest)).size).toBe(1_200);
  });
  const claimOfUser = (userId: string): Promise<ClaimOutcome> => claim(userId);

  it('is closed while it is missing and while it is being built, for claims and finds', async () => {
    expect(await claim('anna')).toEqual({ kind: 'closed', why: 'missing' });
    expect(await gate.status(couponId)).toEqual({
      kind: 'closed',
      why: 'missing',
      buildingEpoch: undefined,
      version: 0,
    });
    await open();
    const { issuance } = await accepted('anna');
    await gate.beginBuilding(couponId, 2);
    expect(await claim('anna')).toEqual({ kind: 'closed', why: 'building' });
    expect(await gate.find(issuance.id)).toEqual({ kind: 'closed', missing: false });
    expect(await gate.status(couponId)).toEqual({
      kind: 'closed',
      why: 'building',
      buildingEpoch: 2,
      version: 1,
    });
    expect(await pending()).toEqual([]);
  });

  it('finds an accepted claim by its id', async () => {
    await open();
    const { issuance } = await accepted('anna');
    expect(await gate.find(issuance.id)).toEqual({ kind: 'found', issuance });
    expect(await gate.find(loadedClaim(couponId, 'ben').id)).toEqual({ kind: 'absent' });
  });

  it('takes no load, clearing or opening but of the epoch that is building it', async () => {
    await gate.beginBuilding(couponId, 2);
    expect(await gate.beginBuilding(couponId, 1)).toBe(false);
    expect(await gate.clear(couponId, 1, 1)).toBe(false);
    expect(await gate.load(couponId, 1, [loadedClaim(couponId, 'anna')])).toBe(false);
    expect(await gate.open(couponId, contents({ epoch: 1 }))).toBe(false);
    expect(await gate.clear(couponId, 2, 1)).toBe(true);
    expect(await gate.open(couponId, contents({ epoch: 2 }))).toBe(true);
    expect(await gate.load(couponId, 2, [loadedClaim(couponId, 'anna')])).toBe(false);
    expect(await gate.beginBuilding(couponId, 1)).toBe(false);
  });

  it('does not open when some of the claims loaded are not there', async () => {
    await gate.beginBuilding(couponId, 1);
    await gate.clear(couponId, 1, 1);
    await gate.load(couponId, 1, [loadedClaim(couponId, 'anna')]);
    expect(await gate.open(couponId, contents({ given: 2 }))).toBe(false);
    expect(await claim('anna')).toEqual({ kind: 'closed', why: 'building' });
  });

  it.each(['restart', 'swapRoles'] as const)(
    'decides nothing after the server is disturbed by a %s, and is built again by the next epoch',
    async (what) => {
      await open();
      await accepted('anna');
      await disturb[what](couponId);
      const foreign = { kind: 'closed', why: 'foreign' };
      expect(await claim('anna')).toEqual(foreign);
      expect(await gate.status(couponId)).toMatchObject({ ...foreign, buildingEpoch: undefined });
      expect(await gate.apply(couponId, terms({ version: 2 }))).toEqual(foreign);
      expect(await pending()).toEqual([]);
      expect(await gate.clear(couponId, 1, 1)).toBe(false);
      await open({ epoch: 2 }, [loadedClaim(couponId, 'anna')]);
      expect(await claim('anna')).toMatchObject({ kind: 'claimed' });
    },
  );

  it.each(['restart', 'swapRoles'] as const)(
    'takes nothing more of a rebuild after the server is disturbed by a %s',
    async (what) => {
      await gate.beginBuilding(couponId, 1);
      await gate.clear(couponId, 1, 1);
      await gate.load(couponId, 1, [loadedClaim(couponId, 'anna')]);
      await disturb[what](couponId);
      expect(await gate.status(couponId)).toMatchObject({ why: 'building' });
      expect(await gate.status(couponId)).toMatchObject({ buildingEpoch: undefined });
      expect(await gate.load(couponId, 1, [loadedClaim(couponId, 'ben')])).toBe(false);
      expect(await gate.open(couponId, contents({ given: 1 }))).toBe(false);
      expect(await gate.clear(couponId, 1, 1)).toBe(false);
    },
  );

  it('closes when a claim is gone early, and is built again', async () => {
    await open();
    const { issuance } = await accepted('anna');
    await accepted('ben');
    await disturb.loseClaim(issuance.id);
    const drift = { kind: 'closed', why: 'drift' };
    expect(await claim('anna')).toEqual(drift);
    expect(await gate.find(issuance.id)).toEqual({ kind: 'closed', missing: false });
    expect(await gate.status(couponId)).toMatchObject({ ...drift, buildingEpoch: undefined });
    expect(await pending()).toEqual([]);
    await open({ epoch: 2 });
    expect(await claim('anna')).toMatchObject({ kind: 'accepted' });
  });

  it('is loaded anew by the epoch that had loaded a part of it', async () => {
    await gate.beginBuilding(couponId, 1);
    await gate.clear(couponId, 1, 1);
    await gate.load(couponId, 1, [loadedClaim(couponId, 'anna'), loadedClaim(couponId, 'ben')]);
    expect(await gate.clear(couponId, 1, 1)).toBe(true);
    expect(await gate.load(couponId, 1, [loadedClaim(couponId, 'ben')])).toBe(true);
    expect(await gate.open(couponId, contents({ given: 1, lastSequence: 1 }))).toBe(true);
    expect(await claim('ben')).toMatchObject({ kind: 'claimed' });
    expect(await claim('anna')).toMatchObject({ kind: 'accepted', issuance: { sequence: 2 } });
  });

  it('is missing once it may be forgotten', async () => {
    await open({ forgetAt: Date.now() - 1 });
    const missing = { kind: 'closed', why: 'missing' };
    expect(await claim('anna')).toEqual(missing);
    expect(await gate.status(couponId)).toMatchObject({ ...missing, version: 0 });
    expect(await gate.beginBuilding(couponId, 1)).toBe(true);
  });

  it('is kept for as long as the terms say that it was told last', async () => {
    const forgetAt = Date.now() + 500;
    await open({ forgetAt });
    await accepted('anna');
    const later = forgetAt + 3_600_000;
    await gate.apply(couponId, terms({ version: 2, forgetAt: later }));
    await until('the first time to forget', 5_000, () =>
      Promise.resolve(Date.now() > forgetAt + 100 ? true : undefined),
    );
    expect(await claim('anna')).toMatchObject({ kind: 'pending' });
    await gate.apply(couponId, terms({ version: 3, forgetAt }));
    expect(await claim('anna')).toEqual({ kind: 'closed', why: 'missing' });
  });

  it('forgets what a gate of an earlier epoch had pending', async () => {
    await open();
    await accepted('anna');
    await open({ epoch: 2 });
    expect(await pending()).toEqual([]);
    expect(await claim('anna')).toMatchObject({ kind: 'accepted', issuance: { epoch: 2 } });
  });
});

type Accepted = Extract<ClaimOutcome, { kind: 'accepted' }>;
