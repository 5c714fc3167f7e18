import type { AuditLog, AuditRecord } from '../../domain/audit-log.ts';
import type { Database } from './database.ts';

type AuditRow = Omit<AuditRecord, 'at'> & { at: Date };

/** The audit as rows, for its readers. */
export function postgresAuditLog(database: Database): AuditLog {
  return {
    async listAudit({ couponId, actor, limit, after }) {
      const conditions = ['($2::bigint IS NULL OR id < $2)'];
      const values: unknown[] = [limit, after ?? null];
      if (couponId !== undefined) conditions.push(`coupon_id = $${values.push(couponId)}`);
      if (actor !== undefined) conditions.push(`actor = $${values.push(actor)}`);
      const { rows } = await database.query<AuditRow>(
        `SELECT id::text, at, actor, action, coupon_id AS "couponId", subject, details,
           request_id AS "requestId"
         FROM audit WHERE ${conditions.join(' AND ')} ORDER BY audit.id DESC LIMIT $1`,
        values,
      );
      return rows.map((row) => ({ ...row, at: row.at.getTime() }));
    },
  };
}
