import type { Actor } from '../../domain/audit.ts';
import type { Clock } from '../../domain/deadline.ts';
import type { RecordedIssuance } from '../../domain/issuance.ts';
import type { IssuanceLedger } from '../../domain/ports.ts';
import type { Obstacle } from '../../domain/redeem-decision.ts';
import { decideRevoke } from '../../domain/redeem-decision.ts';
import type { RedemptionLedger } from '../../domain/redemption-ledger.ts';
import { decidedAnew } from './decided-anew.ts';
import type { FindClaimDependencies, Missing } from './read-issuance.ts';
import { whyMissing } from './read-issuance.ts';

export interface RevokeDependencies extends FindClaimDependencies {
  readonly ledger: IssuanceLedger;
  readonly redemptions: Pick<RedemptionLedger, 'revoke'>;
  readonly clock: Clock;
}

export type RevokeOutcome =
  | { readonly kind: 'revoked'; readonly issuance: RecordedIssuance }
  | { readonly kind: 'refused'; readonly reason: Obstacle | Missing };

/** Takes an issuance back for good. Its unit is not given to anybody else. */
export async function revokeIssuance(
  id: string,
  actor: Actor,
  dependencies: RevokeDependencies,
): Promise<RevokeOutcome> {
  const { ledger, redemptions, clock } = dependencies;
  return decidedAnew<RevokeOutcome>(clock, async () => {
    const issuance = await ledger.findIssuance(id);
    if (issuance === undefined) {
      return { kind: 'refused', reason: await whyMissing(id, undefined, dependencies) };
    }
    const decision = decideRevoke(issuance);
    if (decision.kind === 'refused') return decision;
    if (decision.kind === 'revoked') return { kind: 'revoked', issuance };
    const revoked = await redemptions.revoke(id, actor);
    return revoked && { kind: 'revoked', issuance: revoked };
  });
}
