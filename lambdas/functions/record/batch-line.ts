import { isIssuanceId } from '../../domain/issuance.ts';
import type { LoggedClaim, Logger } from '../../domain/log-lines.ts';
import type { BatchSummary, LogEntry } from '../../domain/record-plan.ts';

/** About 20 KB: far below the 1 MB of an event in CloudWatch, and still a page for a reader. */
export const CLAIMS_A_LINE = 200;

const ISSUANCE_ID_BYTES = 35;

/**
 * What became of a batch, and which claims it brought, in as many lines as they need: whoever has
 * the id of a request, or of an issuance, finds the batch by it.
 *
 * @param ms until its transaction was committed
 */
export function logBatch(
  { inserted, duplicates, late, quarantined }: BatchSummary,
  entries: readonly LogEntry[],
  ms: number,
  logger: Pick<Logger, 'info'>,
): void {
  const claims = entries.flatMap(claimOf);
  logger.info('batch recorded', {
    records: entries.length,
    inserted,
    duplicates,
    late: late.length,
    quarantined: quarantined.length,
    ms: Math.round(ms * 10) / 10,
    claims: claims.slice(0, CLAIMS_A_LINE),
  });
  for (let i = CLAIMS_A_LINE; i < claims.length; i += CLAIMS_A_LINE) {
    logger.info('batch continued', { claims: claims.slice(i, i + CLAIMS_A_LINE) });
  }
}

/** By the record's key; a record that has another is no claim of ours. */
function claimOf({ key, requestId }: LogEntry): LoggedClaim[] {
  if (key?.length !== ISSUANCE_ID_BYTES) return [];
  const issuanceId = Buffer.from(key).toString('latin1');
  return isIssuanceId(issuanceId) ? [{ issuanceId, requestId }] : [];
}
