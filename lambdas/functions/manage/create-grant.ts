import type { Actor } from '../../domain/audit.ts';
import type { GrantCreation, GrantLedger, GrantRequests } from '../../domain/grant-ledger.ts';
import type { Identifiers } from '../../domain/ports.ts';

export interface CreateGrantDependencies {
  readonly ledger: GrantLedger;
  readonly identifiers: Identifiers;
  readonly requests: GrantRequests;
  readonly onFault: (what: string, error: unknown) => void;
}

export interface GrantList {
  /** The same id again is the same grant. */
  readonly id: string;
  readonly couponId: string;
  /** In the order in which they are served; who is named again is served once. */
  readonly userIds: readonly string[];
}

/**
 * Writes the grant down and has the work on it begun. If that fails the grant exists all the
 * same, and the grant function's schedule takes it up.
 */
export async function createGrant(
  { id, couponId, userIds }: GrantList,
  actor: Actor,
  { ledger, identifiers, requests, onFault }: CreateGrantDependencies,
): Promise<GrantCreation> {
  const distinct = [...new Set(userIds)];
  const users = distinct.map((userId) => ({ id: userId, key: identifiers.userKey(userId) }));
  const duplicates = userIds.length - distinct.length;
  const creation = await ledger.createGrant({ id, couponId, users, duplicates }, actor);
  if (creation.kind === 'there' && creation.grant.finishedAt === undefined) {
    try {
      await requests.request();
    } catch (error) {
      onFault('grant request', error);
    }
  }
  return creation;
}
