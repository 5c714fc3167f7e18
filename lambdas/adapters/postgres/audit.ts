import type { AuditEntry } from '../../domain/audit.ts';
import type { Queryable } from './database.ts';

/** Appends to the audit, in the transaction of what it tells of. Returns the entry's id. */
export async function appendAudit(client: Queryable, entry: AuditEntry): Promise<string> {
  const { actor, action, couponId, subject, details } = entry;
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO audit (actor, action, coupon_id, subject, details, request_id)
     VALUES ($1, $2, $3, $4, $5, $6)
     RETURNING id`,
    [
      actor.id,
      action,
      couponId ?? null,
      subject ?? null,
      JSON.stringify(details ?? {}),
      actor.requestId,
    ],
  );
  return String(rows[0]?.id);
}
