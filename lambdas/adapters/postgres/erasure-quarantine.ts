import type { KnownUser } from '../../domain/erasure.ts';
import type { Queryable } from './database.ts';

/**
 * Blanks the user's id in quarantined records, and leaves the rest of them as it is. They are few,
 * and found by their bytes, for a record that makes no sense is nobody's by any column.
 */
export async function eraseQuarantined(
  client: Queryable,
  { id: userId }: KnownUser,
): Promise<void> {
  const { rows } = await client.query<{ id: string; value: Buffer }>(
    'SELECT id, value FROM quarantine WHERE position($1::bytea IN value) > 0',
    [Buffer.from(JSON.stringify(userId))],
  );
  for (const { id, value } of rows) {
    const blanked = withoutUserId(value, userId);
    await client.query('UPDATE quarantine SET value = $2 WHERE id = $1', [id, blanked]);
  }
}

/** The record's bytes with `null` for this user's id. */
export function withoutUserId(value: Uint8Array, userId: string): Buffer {
  // Latin 1 has a character for each byte: those that are no UTF-8 stay as they are.
  const named = Buffer.from(JSON.stringify(userId)).toString('latin1');
  const literally = named.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const field = new RegExp(`("userId"\\s*:\\s*)${literally}`, 'g');
  return Buffer.from(Buffer.from(value).toString('latin1').replace(field, '$1null'), 'latin1');
}
