import type { Actor } from '../../domain/audit.ts';
import type { ErasureLedger, KnownUser } from '../../domain/erasure.ts';
import { couponIdOf, digestOf } from '../../domain/issuance.ts';
import type { Identifiers, StockGate } from '../../domain/ports.ts';
import { GateUnavailable } from '../../domain/ports.ts';

export interface EraseUserDependencies {
  readonly ledger: ErasureLedger;
  readonly gate: Pick<StockGate, 'forgetUser'>;
  readonly identifiers: Identifiers;
  /** The coupons that may have a gate. */
  readonly gatedCouponIds: () => Promise<string[]>;
}

/** Gates asked at the same time; each takes less than a millisecond of Valkey. */
const CONCURRENCY = 50;

/**
 * Forgets who a user is: first in PostgreSQL, which from then on also stores what comes late
 * without the name, then at the gates. Rejects when a server is away or a gate is being built; it
 * is to be asked again then, and does again whatever was left.
 */
export async function eraseUser(
  userId: string,
  actor: Actor,
  { ledger, gate, identifiers, gatedCouponIds }: EraseUserDependencies,
): Promise<void> {
  const user: KnownUser = { id: userId, key: identifiers.userKey(userId) };
  const issuanceIds = await ledger.eraseUser(user, actor);
  const recorded = Map.groupBy(issuanceIds, couponIdOf);
  const waiting = await gatedCouponIds();

  const beingBuilt: string[] = [];
  const forget = async (couponId: string): Promise<void> => {
    // The one a user has where one is allowed is known even before it is a row.
    const only = identifiers.issuanceDigest(couponId, userId, '');
    const digests = new Set([only, ...(recorded.get(couponId) ?? []).map(digestOf)]);
    if (!(await gate.forgetUser(couponId, user, [...digests]))) beingBuilt.push(couponId);
  };
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await forget(next);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  } finally {
    // One that failed: the others would only wait for the same server.
    waiting.length = 0;
  }
  if (beingBuilt.length > 0) throw new GateUnavailable('gates are being built');
}
