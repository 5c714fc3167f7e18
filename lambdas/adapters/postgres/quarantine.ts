import type { PlannedInsert, QuarantinedEntry } from '../../domain/record-plan.ts';
import { placeOf } from '../../domain/record-plan.ts';
import type { Queryable } from './database.ts';
import { idsOfErased } from './erased-users.ts';
import { withoutUserId } from './erasure-quarantine.ts';

/**
 * Which of a batch's records are in quarantine already, by {@link placeOf}: redelivered, they
 * must not become rows, even if there is stock now.
 */
export async function findQuarantined(
  client: Queryable,
  readable: readonly PlannedInsert[],
): Promise<ReadonlySet<string>> {
  const entries = readable.map(({ entry }) => entry);
  // By the id too: should a topic ever be made anew, its offsets begin again, with other claims.
  const { rows } = await client.query<{ topic: string; partition: number; offset: string }>(
    `SELECT topic, "partition", "offset" FROM quarantine
     JOIN unnest($1::text[], $2::integer[], $3::bigint[], $4::text[])
       AS record (topic, "partition", "offset", issuance_id)
       USING (topic, "partition", "offset", issuance_id)`,
    [
      entries.map(({ topic }) => topic),
      entries.map(({ partition }) => partition),
      entries.map(({ offset }) => offset),
      readable.map(({ record }) => record.id),
    ],
  );
  return new Set(rows.map(placeOf));
}

/**
 * Keeps records that can never be stored, whole but for the ids of erased users; one entry a
 * record, however often it comes. Returns the places of those that were not there yet.
 */
export async function insertQuarantined(
  client: Queryable,
  entries: readonly QuarantinedEntry[],
): Promise<ReadonlySet<string>> {
  const isNew = new Set<string>();
  const records = entries.flatMap(({ record }) => (record === undefined ? [] : [record]));
  const erased = await idsOfErased(client, records);
  for (const { entry, reason, detail, record } of entries) {
    const value = toBytes(entry.value);
    const { rowCount } = await client.query(INSERT, [
      entry.topic,
      entry.partition,
      entry.offset,
      toBytes(entry.key),
      value && record && erased.has(record.id) ? withoutUserId(value, record.userId) : value,
      JSON.stringify(entry.headers),
      reason,
      detail,
      record?.couponId ?? null,
      record?.id ?? null,
    ]);
    if (rowCount === 1) isNew.add(placeOf(entry));
  }
  return isNew;
}

const INSERT = `
  INSERT INTO quarantine (topic, "partition", "offset", key, value, headers, reason, detail,
    coupon_id, issuance_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  ON CONFLICT (topic, "partition", "offset") DO NOTHING`;

function toBytes(bytes: Uint8Array | undefined): Buffer | null {
  return bytes === undefined ? null : Buffer.from(bytes);
}
