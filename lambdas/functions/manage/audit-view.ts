import type * as z from 'zod';
import type { auditReply } from '../../api/audit.ts';
import type { AuditRecord } from '../../domain/audit-log.ts';
import { rfc3339 } from '../../http/rfc3339.ts';

export function viewAuditRecord(record: AuditRecord): z.input<typeof auditReply> {
  return { ...record, at: rfc3339(record.at) };
}
