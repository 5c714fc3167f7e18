import type { RedemptionLedger } from '../../domain/redemption-ledger.ts';
import type { Database } from './database.ts';
import { revoke } from './issuance-revoke.ts';
import { hold, releaseHold } from './redemption-hold.ts';
import { readForOrder } from './redemption-reading.ts';
import { redeem } from './redemption-redeem.ts';
import { rollBack } from './redemption-rollback.ts';

/** What becomes of the issuances that are rows. */
export function postgresRedemptionLedger(database: Database): RedemptionLedger {
  return {
    readForOrder: (key, orderId) => readForOrder(database, key, orderId),
    redeem: (redemption) => redeem(database, redemption),
    hold: (issuanceId, orderId, minutes) => hold(database, issuanceId, orderId, minutes),
    releaseHold: (issuanceId, orderId) => releaseHold(database, issuanceId, orderId),
    rollBack: (redemptionId, actor) => rollBack(database, redemptionId, actor),
    revoke: (issuanceId, actor) => revoke(database, issuanceId, actor),
  };
}
