import type * as z from 'zod';
import type { quarantineReply } from '../../api/quarantine.ts';
import type { QuarantinedRecord } from '../../domain/quarantine-log.ts';
import { rfc3339 } from '../../http/rfc3339.ts';

export function viewQuarantinedRecord(record: QuarantinedRecord): z.input<typeof quarantineReply> {
  return {
    ...record,
    key: toBase64(record.key),
    value: toBase64(record.value),
    createdAt: rfc3339(record.createdAt),
    discardedAt: record.discardedAt === null ? null : rfc3339(record.discardedAt),
  };
}

function toBase64(bytes: Uint8Array | null): string | null {
  return bytes && Buffer.from(bytes).toString('base64');
}
