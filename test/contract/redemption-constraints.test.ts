import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newRedemptionId } from '../../lambdas/adapters/crypto/identifiers.ts';
import { IssuedRows } from '../support/issued-rows.ts';

let rows: IssuedRows;
let app: pg.Client;
let id: string;

beforeAll(async () => {
  rows = await IssuedRows.open();
  app = new pg.Client({ connectionString: rows.appUrl });
  await app.connect();
});

afterAll(async () => {
  await app.end();
  await rows.close();
});

beforeEach(async () => {
  id = await rows.issueOne();
});

async function insert(changes: Record<string, unknown> = {}): Promise<string> {
  const row = {
    id: newRedemptionId(),
    issuance_id: id,
    coupon_id: id.slice(0, 12),
    order_id: 'order-1',
    discount: 500,
    payable: 500,
    currency: 'KRW',
    allocations: '[]',
    redeemed_at: new Date(),
    ...changes,
  };
  const columns = Object.keys(row);
  const places = columns.map((_, i) => `$${i + 1}`);
  await app.query(
    `INSERT INTO redemptions (${columns.join(', ')}) VALUES (${places.join(', ')})`,
    Object.values(row),
  );
  return row.id;
}

function rollBack(redemptionId: string): Promise<unknown> {
  return app.query(`INSERT INTO redemption_rollbacks VALUES ($1, now(), 'shop')`, [redemptionId]);
}

describe('the schema refuses by itself', () => {
  it('a second live redemption of an issuance', async () => {
    await insert();
    await expect(insert({ order_id: 'order-2' })).rejects.toThrow('one_live_redemption');
    await app.query('UPDATE redemptions SET live = false WHERE issuance_id = $1', [id]);
    await insert({ order_id: 'order-2' });
    await expect(insert({ order_id: 'order-3' })).rejects.toThrow('one_live_redemption');
  });

  it('a second redemption by the same order, also after its rollback', async () => {
    await insert({ live: false });
    await expect(insert()).rejects.toThrow('one_redemption_an_order');
    await expect(insert({ live: false })).rejects.toThrow('one_redemption_an_order');
  });

  it('a redemption of no issuance, or under another coupon', async () => {
    const other = `${id.slice(0, 12)}_${'X'.repeat(22)}`;
    await expect(insert({ issuance_id: other })).rejects.toThrow('foreign key');
    const coupon = insert({ coupon_id: 'othercoupon1' });
    await expect(coupon).rejects.toThrow('redemption_belongs_to_its_coupon');
  });

  it.each([
    ['an id of another shape', { id: 'x' }, 'redemptions_id_check'],
    ['less than nothing off', { discount: -1 }, 'redemptions_discount_check'],
    ['less than nothing to pay', { payable: -1 }, 'redemptions_payable_check'],
    ['a currency that is none', { currency: 'won' }, 'redemptions_currency_check'],
    ['allocations that are no list', { allocations: '{}' }, 'redemptions_allocations_check'],
  ])('%s', async (_, changes, constraint) => {
    await expect(insert(changes)).rejects.toThrow(constraint);
  });

  it('a rollback of what was not redeemed, or a second one', async () => {
    await expect(rollBack(newRedemptionId())).rejects.toThrow('foreign key');
    const redemptionId = await insert();
    await rollBack(redemptionId);
    await expect(rollBack(redemptionId)).rejects.toThrow('redemption_rollbacks_pkey');
  });

  it.each([
    ['held for nobody', `state = 'held'`, 'hold_has_an_order_and_an_end'],
    ['held for ever', `state = 'held', hold_order = 'order-1'`, 'hold_has_an_order_and_an_end'],
    ['held until then by nobody', `state = 'held', held_until = now()`, 'hold_has_an_order'],
    ['held, but issued', `hold_order = 'order-1', held_until = now()`, 'hold_has_an_order'],
    [
      'held past its validity',
      `state = 'held', hold_order = 'order-1', held_until = valid_until + interval '1 ms'`,
      'hold_ends_with_the_validity',
    ],
    ['expired: that is never written', `state = 'expired'`, 'issuance_has_a_stored_state'],
  ])('an issuance that is %s', async (_, changes, constraint) => {
    const update = app.query(`UPDATE issuances SET ${changes} WHERE id = $1`, [id]);
    await expect(update).rejects.toThrow(constraint);
  });
});

describe('of a redemption', () => {
  let redemptionId: string;

  beforeEach(async () => {
    redemptionId = await insert();
  });

  it('the application may change nothing but that it is live', async () => {
    for (const change of ['discount = 1', `order_id = 'x'`, 'redeemed_at = now()', `id = 'x'`]) {
      const update = app.query(`UPDATE redemptions SET ${change}`);
      await expect(update).rejects.toThrow('permission denied');
    }
    for (const table of ['redemptions', 'redemption_rollbacks']) {
      await expect(app.query(`DELETE FROM ${table}`)).rejects.toThrow('permission denied');
      await expect(app.query(`TRUNCATE ${table}`)).rejects.toThrow('permission denied');
    }
    const rollback = app.query('UPDATE redemption_rollbacks SET rolled_back_at = now()');
    await expect(rollback).rejects.toThrow('permission denied');
  });

  it('nobody may change more, not even who owns the table', async () => {
    const where = `WHERE id = '${redemptionId}'`;
    for (const statement of [
      `UPDATE redemptions SET discount = 1 ${where}`,
      `UPDATE redemptions SET live = false, order_id = 'x' ${where}`,
      `DELETE FROM redemptions ${where}`,
      'TRUNCATE redemptions CASCADE',
      'DELETE FROM redemption_rollbacks',
      'UPDATE redemption_rollbacks SET rolled_back_at = now()',
      'TRUNCATE redemption_rollbacks',
    ]) {
      await expect(rows.owner.query(statement)).rejects.toThrow('is appended to, never changed');
    }
  });

  it('none comes alive again', async () => {
    await app.query('UPDATE redemptions SET live = false WHERE id = $1', [redemptionId]);
    const revival = app.query('UPDATE redemptions SET live = true WHERE id = $1', [redemptionId]);
    await expect(revival).rejects.toThrow('is appended to, never changed');
  });
});
