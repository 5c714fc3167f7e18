import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newRedemptionId } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresIssuanceLedger } from '../../lambdas/adapters/postgres/issuance-ledger.ts';
import { postgresRedemptionLedger } from '../../lambdas/adapters/postgres/redemption-ledger.ts';
import type { RecordedIssuance } from '../../lambdas/domain/issuance.ts';
import type {
  NewRedemption,
  OrderReading,
  RedemptionLedger,
} from '../../lambdas/domain/redemption-ledger.ts';
import type { Redemption } from '../../lambdas/domain/redemption.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import { operator } from '../support/samples.ts';

const MINUTE_MS = 60_000;

/** All but the clock itself: the driver needs them. */
const REAL_TIMERS = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

let rows: IssuedRows;
let ledger: RedemptionLedger;
let id: string;

beforeAll(async () => {
  rows = await IssuedRows.open();
  ledger = postgresRedemptionLedger(rows.database);
});

afterAll(() => rows.close());

beforeEach(async () => {
  id = await rows.issueOne();
});

function newRedemption(orderId: string, changes: Partial<NewRedemption> = {}): NewRedemption {
  return {
    id: newRedemptionId(),
    issuanceId: id,
    orderId,
    discount: 500,
    payable: 900_000_000_000,
    currency: 'KRW',
    allocations: [300, 200],
    ownerId: undefined,
    redeemedBy: 'shop',
    requestId: 'request',
    decidedAt: Date.now(),
    ...changes,
  };
}

const redeem = (
  orderId: string,
  changes?: Partial<NewRedemption>,
): Promise<Redemption | undefined> => ledger.redeem(newRedemption(orderId, changes));

async function read(orderId = 'order-1'): Promise<OrderReading> {
  const reading = await ledger.readForOrder({ issuanceId: id }, orderId);
  if (reading === undefined) throw new Error('no such issuance');
  return reading;
}

async function find(): Promise<RecordedIssuance | undefined> {
  return postgresIssuanceLedger(rows.database).findIssuance(id);
}

async function redeemed(orderId: string): Promise<Redemption> {
  const redemption = await redeem(orderId);
  if (redemption === undefined) throw new Error('not redeemed');
  return redemption;
}

/** By the owner: time passes for nobody else. */
async function set(column: 'valid_from' | 'valid_until' | 'held_until', ms: number): Promise<void> {
  await rows.owner.query(
    `UPDATE issuances SET ${column} = now() + $2 * interval '1 millisecond' WHERE id = $1`,
    [id, ms],
  );
}

async function auditOf(subject: string): Promise<unknown[]> {
  const columns = 'actor, action, coupon_id, details, request_id';
  const { rows: entries } = await rows.owner.query<Record<string, unknown>>(
    `SELECT ${columns} FROM audit WHERE subject = $1`,
    [subject],
  );
  return entries;
}

describe('the ledger reads for an order', () => {
  it('the issuance by its id and by its code, with what of its coupon decides', async () => {
    const reading = await read();
    expect(reading).toMatchObject({
      issuance: { id, state: 'issued', userId: 'anna' },
      coupon: { conditions: {}, discount: { type: 'amount', amount: 500 }, selfRedeem: false },
      ofOrder: undefined,
    });
    const { code } = reading.issuance;
    const byCode = await ledger.readForOrder({ code }, 'order-1');
    expect({ ...byCode, readAt: 0 }).toEqual({ ...reading, readAt: 0 });
    expect(await ledger.readForOrder({ code: `${code}x` }, 'order-1')).toBeUndefined();
    expect(await ledger.readForOrder({ issuanceId: `${id}x` }, 'order-1')).toBeUndefined();
  });

  it('its redemption as it was made, and nobody else’s', async () => {
    const redemption = await redeemed('order-1');
    expect((await read('order-1')).ofOrder).toEqual(redemption);
    const { issuance, ofOrder } = await read('order-2');
    expect(ofOrder).toBeUndefined();
    const { id: redemptionId, redeemedAt } = redemption;
    expect(issuance).toMatchObject({
      state: 'redeemed',
      redemption: { id: redemptionId, orderId: 'order-1', redeemedAt },
    });
    expect(await find()).toEqual(issuance);
  });
});

describe('a redemption', () => {
  it('is made once, and kept as it was told', async () => {
    const given = newRedemption('order-1');
    const { ownerId: _o, redeemedBy: _b, requestId: _r, decidedAt: _d, ...told } = given;
    const redemption = await ledger.redeem(given);
    expect(redemption).toEqual({
      ...told,
      redeemedAt: expect.any(Number) as unknown,
      rolledBackAt: undefined,
    });
    expect(Math.abs((redemption?.redeemedAt ?? 0) - Date.now())).toBeLessThan(5_000);
    expect(await redeem('order-1')).toBeUndefined();
    expect(await redeem('order-2')).toBeUndefined();
    const { rows: kept } = await rows.owner.query(
      'SELECT redeemed_by, coupon_id, live FROM redemptions WHERE issuance_id = $1',
      [id],
    );
    expect(kept).toEqual([{ redeemed_by: 'shop', coupon_id: id.slice(0, 12), live: true }]);
  });

  it('leaves nothing of a shopper who redeems it', async () => {
    await redeem('order-1', { redeemedBy: undefined, ownerId: 'anna' });
    const { rows: kept } = await rows.owner.query(
      'SELECT redeemed_by FROM redemptions WHERE issuance_id = $1',
      [id],
    );
    expect(kept).toEqual([{ redeemed_by: null }]);
  });

  it('by a shopper is of their own issuance only, also if it was erased since', async () => {
    expect(await redeem('order-1', { ownerId: 'ben' })).toBeUndefined();
    await rows.owner.query('UPDATE issuances SET user_id = NULL WHERE id = $1', [id]);
    expect(await redeem('order-1', { ownerId: 'anna' })).toBeUndefined();
    expect(await redeem('order-1')).toBeDefined();
  });

  it('is made inside the validity only, by the database’s clock', async () => {
    await set('valid_from', MINUTE_MS);
    expect(await redeem('order-1')).toBeUndefined();
    await set('valid_from', -MINUTE_MS);
    await set('valid_until', -1);
    expect(await redeem('order-1')).toBeUndefined();
    await set('valid_until', MINUTE_MS);
    expect(await redeem('order-1')).toBeDefined();
  });

  it.each([-1, 1])(
    'knows nothing of this process’s clock, though it is off by %d day',
    async (days) => {
      const real = Date.now();
      jest.useFakeTimers({ now: real + days * 24 * 60 * MINUTE_MS, doNotFake: [...REAL_TIMERS] });
      try {
        const { issuance, readAt } = await read();
        expect([issuance.state, Math.abs(readAt - real) < 5_000]).toEqual(['issued', true]);
        expect(await ledger.hold(id, 'order-1', 10)).toBeLessThan(real + 11 * MINUTE_MS);
        expect((await find())?.state).toBe('held');
        const redemption = await redeem('order-1', { decidedAt: readAt });
        expect(Math.abs((redemption?.redeemedAt ?? 0) - real)).toBeLessThan(5_000);
      } finally {
        jest.useRealTimers();
      }
    },
  );

  it('is not made by a decision of long ago: hours and weekdays may have passed', async () => {
    expect(await redeem('order-1', { decidedAt: Date.now() - 6_000 })).toBeUndefined();
    expect(await redeem('order-1', { decidedAt: Date.now() - 3_000 })).toBeDefined();
  });

  it('is not made of what is revoked', async () => {
    await ledger.revoke(id, operator);
    expect(await redeem('order-1')).toBeUndefined();
  });
});

describe('a hold', () => {
  it('keeps other orders away, and not its own', async () => {
    const until = await ledger.hold(id, 'order-1', 10);
    expect(Math.abs((until ?? 0) - Date.now() - 10 * MINUTE_MS)).toBeLessThan(5_000);
    expect(await find()).toMatchObject({ state: 'held', hold: { orderId: 'order-1', until } });
    expect(await ledger.hold(id, 'order-2', 10)).toBeUndefined();
    expect(await redeem('order-2')).toBeUndefined();
    expect(await redeem('order-1')).toBeDefined();
    expect(await find()).toMatchObject({ state: 'redeemed', hold: undefined });
  });

  it('is renewed by its own order, for as long as that asks', async () => {
    const first = (await ledger.hold(id, 'order-1', 10)) ?? 0;
    const second = (await ledger.hold(id, 'order-1', 20)) ?? 0;
    expect(second - first).toBeGreaterThanOrEqual(10 * MINUTE_MS);
    expect((await find())?.hold?.until).toBe(second);
  });

  it('never lasts longer than the validity', async () => {
    await set('valid_until', MINUTE_MS);
    const { validUntil } = (await read()).issuance;
    expect(await ledger.hold(id, 'order-1', 10)).toBe(validUntil);
  });

  it('that has lapsed is as none', async () => {
    await ledger.hold(id, 'order-1', 10);
    await set('held_until', -1);
    expect(await find()).toMatchObject({ state: 'issued', hold: undefined });
    expect(await ledger.releaseHold(id, 'order-1')).toBe(false);
    expect(await ledger.hold(id, 'order-2', 10)).toBeDefined();
    await set('held_until', -1);
    expect(await redeem('order-1')).toBeDefined();
  });

  it('is released by its own order, once', async () => {
    await ledger.hold(id, 'order-1', 10);
    expect(await ledger.releaseHold(id, 'order-2')).toBe(false);
    expect(await ledger.releaseHold(id, 'order-1')).toBe(true);
    expect(await ledger.releaseHold(id, 'order-1')).toBe(false);
    expect(await find()).toMatchObject({ state: 'issued', hold: undefined });
    expect(await ledger.hold(id, 'order-2', 10)).toBeDefined();
  });

  it('is taken inside the validity only, and of nothing that is redeemed or revoked', async () => {
    await set('valid_from', MINUTE_MS);
    expect(await ledger.hold(id, 'order-1', 10)).toBeUndefined();
    await set('valid_from', -MINUTE_MS);
    await set('valid_until', -1);
    expect(await ledger.hold(id, 'order-1', 10)).toBeUndefined();
    await set('valid_until', MINUTE_MS);
    await redeem('order-1');
    expect(await ledger.hold(id, 'order-1', 10)).toBeUndefined();
    id = await rows.issueOne();
    await ledger.revoke(id, operator);
    expect(await ledger.hold(id, 'order-1', 10)).toBeUndefined();
  });

  it('is not taken for an order that was rolled back', async () => {
    const { id: redemptionId } = await redeemed('order-1');
    await ledger.rollBack(redemptionId, operator);
    expect(await ledger.hold(id, 'order-1', 10)).toBeUndefined();
    expect(await ledger.hold(id, 'order-2', 10)).toBeDefined();
  });
});

describe('a rollback', () => {
  it('frees the issuance for every order but the one that was rolled back', async () => {
    const first = await redeemed('order-1');
    const undone = await ledger.rollBack(first.id, operator);
    expect(undone).toEqual({ ...first, rolledBackAt: expect.any(Number) as unknown });
    expect(undone?.rolledBackAt).toBeGreaterThanOrEqual(first.redeemedAt);
    expect(await find()).toMatchObject({ state: 'issued', redemption: undefined });
    expect((await read('order-1')).ofOrder).toEqual(undone);

    // The unique index: this write was decided before the rollback, or before the first redemption.
    expect(await redeem('order-1')).toBeUndefined();
    expect(await find()).toMatchObject({ state: 'issued' });
    const second = await redeemed('order-2');
    expect(await find()).toMatchObject({ state: 'redeemed', redemption: { id: second.id } });
  });

  it('is told again as it was, and frees nothing a second time', async () => {
    const first = await redeemed('order-1');
    const undone = await ledger.rollBack(first.id, operator);
    const second = await redeemed('order-2');
    const again = await ledger.rollBack(first.id, { id: 'other', requestId: 'later' });
    expect(again).toEqual(undone);
    expect(await find()).toMatchObject({ state: 'redeemed', redemption: { id: second.id } });
    expect(await auditOf(first.id)).toEqual([
      {
        actor: operator.id,
        action: 'redemption.rolled_back',
        coupon_id: id.slice(0, 12),
        details: { issuanceId: id, orderId: 'order-1' },
        request_id: operator.requestId,
      },
    ]);
  });

  it('of what does not exist is none', async () => {
    expect(await ledger.rollBack(newRedemptionId(), operator)).toBeUndefined();
  });

  it('leaves an issuance expired that is past its validity', async () => {
    const { id: redemptionId } = await redeemed('order-1');
    await set('valid_until', -1);
    expect(await find()).toMatchObject({ state: 'redeemed' });
    await ledger.rollBack(redemptionId, operator);
    expect(await find()).toMatchObject({ state: 'expired' });
  });
});

describe('a revocation', () => {
  it('is final, and entered into the audit', async () => {
    expect(await ledger.revoke(id, operator)).toMatchObject({ id, state: 'revoked' });
    expect(await ledger.revoke(id, operator)).toBeUndefined();
    expect(await find()).toMatchObject({ state: 'revoked' });
    expect(await auditOf(id)).toEqual([
      {
        actor: operator.id,
        action: 'issuance.revoked',
        coupon_id: id.slice(0, 12),
        details: {},
        request_id: operator.requestId,
      },
    ]);
  });

  it('is not of what is held, unless the hold has lapsed', async () => {
    await ledger.hold(id, 'order-1', 10);
    expect(await ledger.revoke(id, operator)).toBeUndefined();
    await set('held_until', -1);
    expect(await ledger.revoke(id, operator)).toMatchObject({ state: 'revoked', hold: undefined });
  });

  it('is not of what is redeemed or expired', async () => {
    await set('valid_until', -1);
    expect(await ledger.revoke(id, operator)).toBeUndefined();
    await set('valid_until', MINUTE_MS);
    await redeem('order-1');
    expect(await ledger.revoke(id, operator)).toBeUndefined();
    expect(await auditOf(id)).toEqual([]);
  });
});
