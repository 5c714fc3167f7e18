import type { PlannedInsert, QuarantinedEntry } from '../../domain/record-plan.ts';
import { inOffsetOrder } from '../../domain/record-plan.ts';
import type { CouponAtRecord } from './coupon-at-record.ts';
import type { Queryable } from './database.ts';
import { isRowsFault, sqlState } from './database.ts';
import type { InsertedRow } from './insert-issuances.ts';
import { insertIssuances } from './insert-issuances.ts';

/** What was really inserted, and what could not be. */
export interface StoredRows {
  readonly inserted: readonly InsertedRow[];
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
  const inserted: InsertedRow[] = [];
  const quarantined: QuarantinedEntry[] = [];
  for (const planned of inOffsetOrder(inserts)) {
    const { couponId, id } = planned.record;
    const left = stock.get(couponId) ?? 0;
    if (left <= 0) {
      if (!(await exists(client, id))) {
        quarantined.push(refused(planned, 'overflow', 'more records than the coupon has units'));
      }
      continue;
    }
    const outcome = await insertOne(client, planned, coupons, newCode);
    if (outcome.kind === 'inserted') {
      inserted.push(outcome.row);
      stock.set(couponId, left - 1);
    } else if (outcome.kind === 'refused') {
      quarantined.push(refused(planned, 'conflict', outcome.detail));
    }
  }
  return { inserted, quarantined };
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

type OneRow =
  | { readonly kind: 'inserted'; readonly row: InsertedRow }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly detail: string };

async function insertOne(
  client: Queryable,
  planned: PlannedInsert,
  coupons: ReadonlyMap<string, CouponAtRecord>,
  newCode: () => string,
): Promise<OneRow> {
  await client.query('SAVEPOINT one_row');
  try {
    const [row] = await insertIssuances(client, [planned], coupons, newCode);
    await client.query('RELEASE SAVEPOINT one_row');
    return row === undefined ? { kind: 'duplicate' } : { kind: 'inserted', row };
  } catch (error) {
    if (!isRowsFault(error)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT one_row');
    return { kind: 'refused', detail: refusalDetail(error) };
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
