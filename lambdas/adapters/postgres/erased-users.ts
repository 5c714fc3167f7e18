import type { ClaimRecord } from '../../domain/claim-record.ts';
import { ERASURE_MARGIN_MS } from '../../domain/erasure.ts';
import type { Queryable } from './database.ts';

/**
 * Of a record joined with `erasures`: whether it stems from before its user was erased, and must
 * not bring the name back. Null where the user never was.
 */
export const IS_ERASED = `accepted_at <= erased_at + interval '${ERASURE_MARGIN_MS} milliseconds'`;

/** The ids of those records whose users were erased after they were accepted. */
export async function idsOfErased(
  client: Queryable,
  records: readonly ClaimRecord[],
): Promise<ReadonlySet<string>> {
  if (records.length === 0) return new Set();
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM unnest($1::text[], $2::text[], $3::timestamptz[])
       AS record (id, user_key, accepted_at)
     JOIN erasures USING (user_key) WHERE ${IS_ERASED}`,
    [
      records.map(({ id }) => id),
      records.map(({ userKey }) => userKey),
      records.map(({ acceptedAt }) => new Date(acceptedAt)),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}
