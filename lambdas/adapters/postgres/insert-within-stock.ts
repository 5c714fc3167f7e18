import type { PlannedInsert, QuarantinedEntry } from '../../domain/record-plan.ts';
import { inOffsetOrder } from '../../domain/record-plan.ts';
import type { CouponAtRecord } from './coupon-at-record.ts';
import type { Queryable } from './database.ts';
import { isRowsFault, sqlState } from './database.ts';
import { insertIssuances } from './insert-issuances.ts';

/** What was really inserted, and what could not be. */
export interface StoredRows {
  readonly insertedByCoupon: ReadonlyMap<string, number>;
  /** When those rows passed the gate, milliseconds since 1970. */
  readonly acceptedAt: readonly number[];
  readonly quarantined: readonly QuarantinedEntry[];
}

/**
 * The careful path: row by row in offset order, under the coupons' row locks, as long as there
 * is stock. What does not fit or is refused by a constraint goes to quarantine, and nothing else.
 */
export async function insertWithinStock(
  client: Queryable,
  inserts: readonly PlannedInsert[],
  coupons: ReadonlyMap<string, CouponAtRecord>,
  newCode: () => string,
): Promise<StoredRows> {
  // Other batches come to the counts before they come to the coupons, whose locks are held here.
  await client.query(`SET LOCAL issuance_counts.shard = '${CAREFUL_SHARD}'`);
  const stock = await readStock(client, [...coupons.keys()]);
  const insertedByCoupon = new Map<string, number>();
  const acceptedAt: number[] = [];
  const quarantined: QuarantinedEntry[] = [];
  for (const planned of inOffsetOrder(inserts)) {
    const { couponId, id } = planned.record;
    const left = (stock.get(couponId) ?? 0) - (insertedByCoupon.get(couponId) ?? 0);
    if (left <= 0) {
      if (!(await exists(client, id))) {
        quarantined.push(refused(planned, 'overflow', 'more records than the coupon has units'));
      }
      continue;
    }
    const outcome = await insertOne(client, planned, coupons, newCode);
    if (outcome === 'inserted') {
      insertedByCoupon.set(couponId, (insertedByCoupon.get(couponId) ?? 0) + 1);
      acceptedAt.push(planned.record.acceptedAt);
    } else if (outcome !== 'duplicate') {
      quarantined.push(refused(planned, 'conflict', outcome.detail));
    }
  }
  return { insertedByCoupon, acceptedAt, quarantined };
}

/** One that no connection has by itself: of these transactions only one at a time has a coupon. */
const CAREFUL_SHARD = 16;

async function readStock(client: Queryable, ids: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await client.query<{ id: string; stock: number }>(
    'SELECT id, quantity - issued AS stock FROM coupons WHERE id = ANY($1)',
    [ids],
  );
  return new Map(rows.map(({ id, stock }) => [id, stock]));
}

async function exists(client: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM issuances WHERE id = $1', [id]);
  return rowCount === 1;
}

async function insertOne(
  client: Queryable,
  planned: PlannedInsert,
  coupons: ReadonlyMap<string, CouponAtRecord>,
  newCode: () => string,
): Promise<'inserted' | 'duplicate' | { readonly detail: string }> {
  await client.query('SAVEPOINT one_row');
  try {
    const rows = await insertIssuances(client, [planned], coupons, newCode);
    await client.query('RELEASE SAVEPOINT one_row');
    return rows.length === 1 ? 'inserted' : 'duplicate';
  } catch (error) {
    if (!isRowsFault(error)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT one_row');
    return { detail: refusalDetail(error) };
  }
}

/** Names the constraint, not the values: those may name a user. */
function refusalDetail(error: unknown): string {
  const constraint = (error as { constraint?: string }).constraint;
  return `refused by PostgreSQL: ${sqlState(error) ?? ''} ${constraint ?? ''}`.trimEnd();
}

function refused(
  { entry, record }: PlannedInsert,
  reason: 'overflow' | 'conflict',
  detail: string,
): QuarantinedEntry {
  return { entry, record, reason, detail };
}
