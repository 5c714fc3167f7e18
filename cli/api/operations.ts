/** What operators did, and what could not be stored. */
import * as z from 'zod';
import { fieldsOf, id, instant, words } from './tolerant.ts';

export type AuditEntry = z.output<typeof auditEntry>;

const auditEntry = z.object({
  id,
  at: instant,
  actor: id,
  action: words,
  couponId: id,
  subject: id,
  details: z.record(z.string(), z.unknown()).nullable().catch(null),
  requestId: id,
});

export function readAuditEntry(answered: unknown): AuditEntry {
  return auditEntry.parse(fieldsOf(answered));
}

/** A record that can never be stored. */
export type Quarantined = z.output<typeof quarantined>;

const quarantined = z.object({
  id,
  reason: words,
  detail: words,
  couponId: id,
  issuanceId: id,
  topic: words,
  partition: id,
  offset: id,
  createdAt: instant,
  discardedAt: instant,
});

export function readQuarantined(answered: unknown): Quarantined {
  return quarantined.parse(fieldsOf(answered));
}
