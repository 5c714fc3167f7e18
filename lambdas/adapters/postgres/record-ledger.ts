import type { Channel } from '../../domain/notification.ts';
import type { RecordLedger } from '../../domain/ports.ts';
import type {
  BatchSummary,
  DecodedBatch,
  PlannedInsert,
  QuarantinedEntry,
  RecordPlan,
} from '../../domain/record-plan.ts';
import { decodeBatch, placeOf, planBatch } from '../../domain/record-plan.ts';
import type { CouponAtRecord } from './coupon-at-record.ts';
import { readCouponsAtRecord } from './coupon-at-record.ts';
import type { Database, Queryable } from './database.ts';
import { isRowsFault, sqlState } from './database.ts';
import type { InsertedRow } from './insert-issuances.ts';
import { insertIssuances } from './insert-issuances.ts';
import { findQuarantined, insertQuarantined } from './quarantine.ts';
import type { StoredRows } from './insert-within-stock.ts';
import { insertWithinStock } from './insert-within-stock.ts';
import type { SoldOutCoupon } from './tell-of-batch.ts';
import { tellOfBatch, tellOfSoldOut } from './tell-of-batch.ts';

/** Tries of one batch before it is given back to the event source mapping, which comes again. */
const MAX_TRIES = 5;
/** Deadlock and serialization failure: the transaction did nothing, and the next try may pass. */
const TRY_AGAIN = new Set(['40P01', '40001']);

/** The fast path met a row that cannot be stored, or more rows than there is stock. */
class NeedsCare extends Error {
  override readonly name = 'NeedsCare';
}

/** A fence was stored since the batch read them: which records are late must be decided anew. */
class FenceMoved extends Error {
  override readonly name = 'FenceMoved';
}

/**
 * Stores batches of records, each in one transaction: rows, counters, quarantine and notices
 * together. First all rows at once; if anything stands in the way, one by one under the
 * coupons' locks, so that only what cannot be stored is set aside.
 */
export function postgresRecordLedger(database: Database, newCode: () => string): RecordLedger {
  const store = (batch: DecodedBatch, careful: boolean): Promise<BatchSummary> =>
    database.transaction(async (client) => {
      const coupons = await readCouponsAtRecord(client, batch, careful);
      const fences = new Map([...coupons].map(([id, coupon]) => [id, coupon.fences]));
      const quarantinedBefore = await findQuarantined(client, batch.readable);
      const plan = planBatch(batch, fences, quarantinedBefore);
      const stored = careful
        ? await insertWithinStock(client, plan.inserts, coupons, newCode)
        : await insertAllAtOnce(client, plan.inserts, coupons, newCode);
      const quarantined = [...plan.quarantined, ...stored.quarantined];
      const isNew = await insertQuarantined(client, quarantined);
      const news = quarantined.filter((entry) => isNew.has(placeOf(entry.entry)));
      const told = await tellOfBatch(client, plan.inserts, stored.inserted, news, coupons);
      const soldOut = await countIssued(client, countByCoupon(stored.inserted), coupons);
      told.push(...(await tellOfSoldOut(client, soldOut, coupons)));
      return summarize(plan, stored.inserted, quarantined, told);
    });

  return {
    async storeBatch(entries) {
      const batch = decodeBatch(entries);
      let careful = false;
      for (let tries = 1; ; tries += 1) {
        try {
          return await store(batch, careful);
        } catch (error) {
          if (tries === MAX_TRIES || !mayTryAgain(error)) throw error;
          careful ||= error instanceof NeedsCare;
        }
      }
    },
  };
}

function mayTryAgain(error: unknown): boolean {
  return (
    error instanceof NeedsCare ||
    error instanceof FenceMoved ||
    TRY_AGAIN.has(sqlState(error) ?? '')
  );
}

async function insertAllAtOnce(
  client: Queryable,
  inserts: readonly PlannedInsert[],
  coupons: ReadonlyMap<string, CouponAtRecord>,
  newCode: () => string,
): Promise<StoredRows> {
  try {
    const inserted = await insertIssuances(client, inserts, coupons, newCode);
    return { inserted, quarantined: [] };
  } catch (error) {
    throw isRowsFault(error) ? new NeedsCare('a row was refused', { cause: error }) : error;
  }
}

function countByCoupon(ids: readonly { readonly couponId: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { couponId } of ids) counts.set(couponId, (counts.get(couponId) ?? 0) + 1);
  return counts;
}

/**
 * Moves the counters by the rows really inserted: in id order, and last before the commit, so
 * that the coupon's row, which all batches share, is locked only for a moment. Returns those of
 * which all units are rows now.
 */
async function countIssued(
  client: Queryable,
  insertedByCoupon: ReadonlyMap<string, number>,
  coupons: ReadonlyMap<string, CouponAtRecord>,
): Promise<SoldOutCoupon[]> {
  const soldOut: SoldOutCoupon[] = [];
  for (const id of [...insertedByCoupon.keys()].toSorted()) {
    const { rows } = await client.query<{ quantity: number; issued: number }>(
      `UPDATE coupons SET issued = issued + $2
       WHERE id = $1 AND issued + $2 <= quantity AND fence_version = $3
       RETURNING quantity, issued`,
      [id, insertedByCoupon.get(id), coupons.get(id)?.fenceVersion],
    );
    const [row] = rows;
    if (row === undefined) await explainRefusal(client, id, coupons.get(id)?.fenceVersion);
    else if (row.issued === row.quantity) soldOut.push({ id, quantity: row.quantity });
  }
  return soldOut;
}

async function explainRefusal(
  client: Queryable,
  id: string,
  fenceVersion: number | undefined,
): Promise<never> {
  const { rows } = await client.query<{ fence_version: number }>(
    'SELECT fence_version FROM coupons WHERE id = $1',
    [id],
  );
  if (rows[0]?.fence_version !== fenceVersion) throw new FenceMoved(`coupon ${id}`);
  throw new NeedsCare(`coupon ${id} has less stock than the batch has rows`);
}

function summarize(
  plan: RecordPlan,
  inserted: readonly InsertedRow[],
  quarantined: readonly QuarantinedEntry[],
  told: readonly Channel[],
): BatchSummary {
  const refused = quarantined.length - plan.quarantined.length;
  return {
    inserted: inserted.length,
    acceptedAt: inserted.map(({ acceptedAt }) => acceptedAt.getTime()),
    duplicates: plan.inserts.length - inserted.length - refused,
    late: plan.late.map(({ entry, record }) => ({ issuanceId: record.id, position: entry })),
    quarantined: quarantined.map(({ entry, reason }) => ({ reason, position: entry })),
    told: [...new Set(told)],
  };
}
