import { newRedemptionId } from '../../lambdas/adapters/crypto/identifiers.ts';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { postgresIssuanceLedger } from '../../lambdas/adapters/postgres/issuance-ledger.ts';
import { postgresRedemptionLedger } from '../../lambdas/adapters/postgres/redemption-ledger.ts';
import type { RedemptionLedger } from '../../lambdas/domain/redemption-ledger.ts';
import type { Redemption } from '../../lambdas/domain/redemption.ts';
import type { HoldOutcome, ReleaseOutcome } from '../../lambdas/functions/redeem/hold-issuance.ts';
import { holdIssuance, releaseHold } from '../../lambdas/functions/redeem/hold-issuance.ts';
import type { Redeemer, RedeemOutcome } from '../../lambdas/functions/redeem/redeem-issuance.ts';
import { redeemIssuance } from '../../lambdas/functions/redeem/redeem-issuance.ts';
import type { RevokeOutcome } from '../../lambdas/functions/redeem/revoke-issuance.ts';
import { revokeIssuance } from '../../lambdas/functions/redeem/revoke-issuance.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { orderOf } from './checkout.ts';
import { operator } from './samples.ts';

/** The redeem function's use cases on a real ledger; the gate knows nothing. */
export class RedeemBench {
  readonly #dependencies;

  /** @param changes to the ledger, for what is to happen between a reading and a write */
  constructor(database: Database, changes: Partial<RedemptionLedger> = {}) {
    this.#dependencies = {
      newRedemptionId,
      // It stands still: only the number of tries ends them, on a busy machine as well.
      clock: new ManualClock(),
      redemptions: { ...postgresRedemptionLedger(database), ...changes },
      ledger: postgresIssuanceLedger(database),
      gate: { find: () => Promise.resolve({ kind: 'absent' } as const) },
      coupons: { lookUp: () => Promise.resolve('unknown' as const) },
    };
  }

  redeem(
    issuanceId: string,
    orderId: string,
    redeemer: Redeemer = { service: 'shop' },
  ): Promise<RedeemOutcome> {
    const request = { key: { issuanceId }, order: orderOf(orderId), redeemer, requestId: 'bench' };
    return redeemIssuance(request, this.#dependencies);
  }

  hold(issuanceId: string, orderId: string): Promise<HoldOutcome> {
    return holdIssuance(issuanceId, { orderId, minutes: 10 }, this.#dependencies);
  }

  release(issuanceId: string, orderId: string): Promise<ReleaseOutcome> {
    return releaseHold(issuanceId, orderId, this.#dependencies);
  }

  revoke(issuanceId: string): Promise<RevokeOutcome> {
    return revokeIssuance(issuanceId, operator, this.#dependencies);
  }

  rollBack(redemptionId: string): Promise<Redemption | undefined> {
    return this.#dependencies.redemptions.rollBack(redemptionId, operator);
  }
}

/** An outcome in a word: its kind, or the reason of a refusal. */
export function wordOf(outcome: { readonly kind: string; readonly reason?: string }): string {
  return outcome.reason ?? outcome.kind;
}

export function countWords(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
