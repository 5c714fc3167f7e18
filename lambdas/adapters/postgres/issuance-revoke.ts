import type { Actor } from '../../domain/audit.ts';
import type { RecordedIssuance } from '../../domain/issuance.ts';
import { couponIdOf } from '../../domain/issuance.ts';
import { appendAudit } from './audit.ts';
import type { Database } from './database.ts';
import { findIssuance } from './issuance-ledger.ts';

/** Only what could still be redeemed, and by nobody at this moment. */
export async function revoke(
  database: Database,
  issuanceId: string,
  actor: Actor,
): Promise<RecordedIssuance | undefined> {
  return database.transaction(async (client) => {
    const { rowCount } = await client.query(REVOKE, [issuanceId]);
    if (rowCount === 0) return undefined;
    await appendAudit(client, {
      actor,
      action: 'issuance.revoked',
      couponId: couponIdOf(issuanceId),
      subject: issuanceId,
    });
    return findIssuance(client, issuanceId);
  });
}

const REVOKE = `
  UPDATE issuances SET state = 'revoked', hold_order = NULL, held_until = NULL
  WHERE id = $1 AND (state = 'issued' OR (state = 'held' AND held_until <= clock_timestamp()))
    AND valid_until > clock_timestamp()`;
