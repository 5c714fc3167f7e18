import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { valkeyStockGate } from '../../lambdas/adapters/valkey/stock-gate.ts';
import { connectValkey } from '../../lambdas/adapters/valkey/valkey-client.ts';
import type {
  ApplyOutcome,
  ClaimOutcome,
  GateContents,
  GateTerms,
} from '../../lambdas/domain/gate.ts';
import { COUNTED_REFUSALS } from '../../lambdas/domain/gate.ts';
import type { StockGate } from '../../lambdas/domain/ports.ts';
import { MemoryStockGate } from '../fakes/memory-stock-gate.ts';
import { claimOf, contents, newCouponId, terms } from '../support/samples.ts';
import { testServers } from '../support/servers.ts';

const valkey = connectValkey(
  { url: testServers().valkeyUrl, commandTimeoutMs: 5_000 },
  () => undefined,
);

afterAll(() => {
  valkey.disconnect();
});

const implementations: [string, () => StockGate][] = [
  ['in memory', () => new MemoryStockGate(() => Date.now())],
  ['in Valkey', () => valkeyStockGate(valkey, 5_000)],
];

const HOUR_MS = 3_600_000;
/** An end that all these gates have, and limits that leave it alone. */
const END = Date.now() + HOUR_MS;
const APPLIED = { kind: 'applied' };

describe.each(implementations)('the terms of the gate %s', (_, newGate) => {
  let gate: StockGate;
  let couponId: string;

  beforeEach(() => {
    gate = newGate();
    couponId = newCouponId();
  });

  async function open(changes: Partial<GateContents> = {}): Promise<void> {
    const all = contents({ issueEndsAt: END, ...changes });
    expect(await gate.beginBuilding(couponId, all.epoch)).toBe(true);
    expect(await gate.clear(couponId, all.epoch, all.perUserLimit)).toBe(true);
    expect(await gate.open(couponId, all)).toBe(true);
  }

  const claim = (userId: string): Promise<ClaimOutcome> => gate.claim(claimOf(couponId, userId));

  async function give(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      expect(await claim(`given-${i}`)).toMatchObject({ kind: 'accepted' });
    }
  }

  const apply = (changes: Partial<GateTerms>): Promise<ApplyOutcome> =>
    gate.apply(couponId, terms({ issueEndsAt: END, ...changes }));

  /** Of a change decided on these terms. */
  const limit = (
    { quantity = 1_000, issueEndsAt = END }: { quantity?: number; issueEndsAt?: number },
    changes: Partial<GateTerms> = {},
  ): Promise<ApplyOutcome> =>
    gate.apply(couponId, terms({ issueEndsAt: END, ...changes }), { quantity, issueEndsAt });

  it('are obeyed at once: quantity, end and the hand of the operator', async () => {
    await open({ quantity: 1 });
    await give(1);
    expect(await apply({ version: 2, quantity: 2 })).toEqual(APPLIED);
    expect(await claim('second')).toMatchObject({ kind: 'accepted' });
    expect(await apply({ version: 3, quantity: 9, control: 'paused' })).toEqual(APPLIED);
    expect(await claim('third')).toEqual({ kind: 'refused', reason: 'coupon_paused' });
    expect(await apply({ version: 4, quantity: 9 })).toEqual(APPLIED);
    expect(await claim('third')).toMatchObject({ kind: 'accepted' });
    const issueEndsAt = Date.now() - 1;
    expect(await apply({ version: 5, quantity: 9, issueEndsAt })).toEqual(APPLIED);
    expect(await claim('fourth')).toEqual({ kind: 'refused', reason: 'issue_ended' });
    expect(await apply({ version: 6, quantity: 9 })).toEqual(APPLIED);
    expect(await claim('fourth')).toMatchObject({ kind: 'accepted' });
    expect(await apply({ version: 7, quantity: 9, control: 'closed' })).toEqual(APPLIED);
    expect(await claim('fifth')).toEqual({ kind: 'refused', reason: 'coupon_closed' });
    expect(await gate.status(couponId)).toMatchObject({
      version: 7,
      quantity: 9,
      given: 4,
      restricted: false,
    });
  });

  it('do not touch who has claimed', async () => {
    await open({ quantity: 1 });
    await give(1);
    await apply({ version: 2, control: 'closed', quantity: 1, issueEndsAt: Date.now() - 1 });
    expect(await claim('given-0')).toMatchObject({ kind: 'pending' });
  });

  it('are never replaced by earlier ones, and asking again changes nothing', async () => {
    await open();
    expect(await apply({ version: 3, quantity: 5 })).toEqual(APPLIED);
    expect(await apply({ version: 2, quantity: 9 })).toEqual({ kind: 'stale', version: 3 });
    expect(await apply({ version: 3, quantity: 9 })).toEqual({ kind: 'current' });
    expect(await limit({ quantity: 2 }, { version: 2 })).toEqual({ kind: 'stale', version: 3 });
    expect(await gate.status(couponId)).toMatchObject({ version: 3, quantity: 5 });
  });

  it('are refused by a gate of a later epoch, and taken by one of an earlier', async () => {
    await open({ epoch: 3 });
    expect(await apply({ epoch: 2, version: 2 })).toEqual({ kind: 'superseded' });
    expect(await limit({ quantity: 1 }, { epoch: 2 })).toEqual({ kind: 'superseded' });
    expect(await apply({ epoch: 4, version: 2, quantity: 7 })).toEqual(APPLIED);
    expect(await gate.status(couponId)).toMatchObject({ epoch: 3, version: 2, quantity: 7 });
  });

  it('give no less than what is given', async () => {
    await open();
    await give(3);
    const below = { kind: 'below_given', given: 3 };
    expect(await apply({ version: 2, quantity: 2 })).toEqual(below);
    expect(await limit({ quantity: 2 })).toEqual(below);
    expect(await gate.status(couponId)).toMatchObject({ version: 1, quantity: 10 });
    expect(await limit({ quantity: 3 })).toEqual(APPLIED);
    expect(await claim('one more')).toEqual({ kind: 'refused', reason: 'sold_out' });
  });

  it('can be limited before a change is committed, and are whole again with the next version', async () => {
    await open();
    const soon = Date.now() + 60_000;
    expect(await limit({ quantity: 4, issueEndsAt: soon })).toEqual(APPLIED);
    expect(await gate.status(couponId)).toMatchObject({
      quantity: 4,
      version: 1,
      restricted: true,
    });
    // The same terms again do not say whether that change was committed.
    expect(await apply({ version: 1 })).toEqual({ kind: 'restricted' });
    expect(await gate.status(couponId)).toMatchObject({ quantity: 4, restricted: true });
    expect(await apply({ version: 2, quantity: 8 })).toEqual(APPLIED);
    expect(await gate.status(couponId)).toMatchObject({ quantity: 8, restricted: false });
  });

  it('only get less by a limit, also by one that arrives late', async () => {
    await open();
    expect(await limit({ quantity: 4 })).toEqual(APPLIED);
    expect(await limit({ quantity: 7 })).toEqual(APPLIED);
    expect(await limit({ quantity: 99, issueEndsAt: END + HOUR_MS })).toEqual(APPLIED);
    await give(4);
    expect(await claim('fifth')).toEqual({ kind: 'refused', reason: 'sold_out' });
    expect(await apply({ version: 2, quantity: 4 })).toEqual(APPLIED);
    expect(await limit({ quantity: 9 }, { version: 1 })).toEqual({ kind: 'stale', version: 2 });
  });

  it('are brought up to the version on which a limit was decided', async () => {
    await open({ quantity: 3 });
    const decidedOn = { version: 2, quantity: 20, control: 'paused' } as const;
    expect(await limit({ quantity: 6 }, decidedOn)).toEqual(APPLIED);
    expect(await gate.status(couponId)).toMatchObject({
      version: 2,
      quantity: 6,
      restricted: true,
    });
    expect(await claim('anna')).toEqual({ kind: 'refused', reason: 'coupon_paused' });
  });

  it('end no earlier than now: a claim may have been let in since', async () => {
    await open();
    await give(1);
    expect(await limit({ issueEndsAt: Date.now() - 1 })).toEqual({ kind: 'end_past' });
    expect(await gate.status(couponId)).toMatchObject({ restricted: false });
    expect(await claim('anna')).toMatchObject({ kind: 'accepted' });
  });

  it('are not taken by a gate that is closed', async () => {
    expect(await apply({ version: 2 })).toEqual({ kind: 'closed', why: 'missing' });
    expect(await limit({ quantity: 1 })).toEqual({ kind: 'closed', why: 'missing' });
    expect(await gate.status(couponId)).toMatchObject({ kind: 'closed', why: 'missing' });
  });

  it('keep a gate that is being built from being opened with earlier ones', async () => {
    await gate.beginBuilding(couponId, 1);
    await gate.clear(couponId, 1, 1);
    const closed = { kind: 'closed', why: 'building' };
    expect(await limit({ quantity: 1 }, { version: 9 })).toEqual(closed);
    expect(await apply({ version: 3, control: 'paused' })).toEqual(closed);
    expect(await apply({ version: 2 })).toEqual(closed);
    expect(await gate.status(couponId)).toMatchObject({ ...closed, version: 3 });
    expect(await gate.open(couponId, contents({ version: 2 }))).toBe(false);
    expect(await gate.status(couponId)).toMatchObject(closed);
    expect(await gate.open(couponId, contents({ version: 3, control: 'paused' }))).toBe(true);
    expect(await gate.status(couponId)).toMatchObject({ kind: 'open', version: 3 });
  });

  it('are whole when the gate is built again', async () => {
    await open();
    await limit({ quantity: 1 });
    await open({ epoch: 2 });
    expect(await gate.status(couponId)).toMatchObject({ quantity: 10, restricted: false });
  });

  it('are what its refusals are counted by, since it was opened', async () => {
    const before = Date.now();
    await open({ quantity: 1 });
    await give(1);
    for (const user of ['ben', 'ben', 'carl']) await claim(user);
    await apply({ version: 2, quantity: 1, control: 'paused' });
    await claim('dora');
    await claim('given-0');
    const none = Object.fromEntries(COUNTED_REFUSALS.map((reason) => [reason, 0]));
    const status = await gate.status(couponId);
    expect(status).toMatchObject({ refusals: { ...none, sold_out: 3, coupon_paused: 1 } });
    const { openedAt } = status as Extract<typeof status, { kind: 'open' }>;
    expect(openedAt).toBeGreaterThanOrEqual(before);
    expect(openedAt).toBeLessThanOrEqual(Date.now());
    await open({ epoch: 2, version: 2 });
    expect(await gate.status(couponId)).toMatchObject({ refusals: none });
  });
});
