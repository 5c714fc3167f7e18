import { auditQuery } from '../../api/audit.ts';
import type { AuditLog } from '../../domain/audit-log.ts';
import { json } from '../../http/answer.ts';
import type { Endpoint } from '../../http/http-handler.ts';
import { pageOf } from '../../http/page.ts';
import { validateQuery } from '../../http/validation.ts';
import { viewAuditRecord } from './audit-view.ts';
import { idCursor, readIdCursor } from './id-page.ts';

/** `GET /v1/audit?couponId=&actor=&limit=&cursor=`, the newest first. */
export function listAuditEndpoint(log: AuditLog): Endpoint {
  return async ({ request }) => {
    const query = validateQuery(auditQuery, request);
    if (!query.ok) return query.answer;
    const { couponId, actor, limit, cursor } = query.value;
    const reading = readIdCursor(cursor);
    if (!reading.ok) return reading.answer;
    const after = reading.place;
    // One more than asked for tells whether there is a next page.
    const found = await log.listAudit({ couponId, actor, after, limit: limit + 1 });
    return json(200, pageOf(found, limit, viewAuditRecord, idCursor));
  };
}
