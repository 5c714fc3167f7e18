import type { Facts, GrantedFact, RecordedReply, RepliedIssuance, RowFact } from './facts.ts';
import { placeKey } from './read-log.ts';
import type { Invariant } from './report.ts';

type Success = RecordedReply & { readonly issuance: RepliedIssuance };

function isSuccess(reply: RecordedReply): reply is Success {
  return (reply.status === 200 || reply.status === 202) && reply.issuance !== undefined;
}

/** Nobody can say what came of it: no reply at all, or one that asks to ask again. */
function isUnknown({ status }: RecordedReply): boolean {
  return status === undefined || status >= 500;
}

/** The gate's or the ledger's word, not one about the request's form or its token. */
function isRefusal({ status }: RecordedReply): boolean {
  return status === 404 || status === 409;
}

/** I3 */
export const successIsKept: Invariant = (facts) => {
  const rows = new Map(facts.ledger.rows.map((row) => [row.id, row]));
  const firstSent = firstSentAt(facts);
  // What retention has removed cannot be asked for.
  const isWholeLog = [...facts.log.starts.values()].every((start) => start === 0n);
  const successes = facts.replies.filter(isSuccess);
  const violations = successes.flatMap((reply) => {
    const { issuance, receivedAt } = reply;
    const { id } = issuance;
    const found: string[] = [];
    const sent = firstSent.get(id);
    if (isWholeLog && sent === undefined) found.push(`success ${id} is not in Kafka`);
    if (sent !== undefined && sent > receivedAt) {
      found.push(`success ${id} came to Kafka ${sent - receivedAt} ms after its reply`);
    }
    const row = rows.get(id);
    if (row === undefined) found.push(`success ${id} is not in PostgreSQL`);
    else found.push(...differences(reply, row));
    return found;
  });
  const given = facts.ledger.granted.flatMap(({ issuanceId }) => issuanceId ?? []);
  for (const id of given) {
    if (!rows.has(id)) violations.push(`success ${id} of a grant is not in PostgreSQL`);
  }
  return {
    name: 'I3',
    sentence:
      'Every success reply is in Kafka when it is sent and in PostgreSQL soon after, as it was told; so is what a grant counts as given.',
    checked: successes.length + given.length,
    violations,
  };
};

function firstSentAt({ log }: Facts): Map<string, number> {
  const first = new Map<string, number>();
  for (const { entry, record } of log.records.readable) {
    const at = log.sentAt.get(placeKey(entry)) ?? Number.POSITIVE_INFINITY;
    first.set(record.id, Math.min(at, first.get(record.id) ?? Number.POSITIVE_INFINITY));
  }
  return first;
}

function differences({ couponId, userId, issuance }: Success, row: RowFact): string[] {
  const told = {
    couponId,
    // Null after an erasure, which takes nothing back.
    userId: row.userId === null ? null : userId,
    sequence: issuance.sequence,
    acceptedAt: Date.parse(issuance.acceptedAt),
  };
  return (Object.keys(told) as (keyof typeof told)[])
    .filter((name) => told[name] !== row[name])
    .map((name) => `success ${row.id} told another ${name} than its row`);
}

/** I4 */
export const noRefusalAfterSuccess: Invariant = ({ ledger, replies }) => {
  const claims = [...Map.groupBy(replies, claimKey).values()];
  const violations = [
    ...claims.flatMap(refusedAfterSuccess),
    ...unclaimed(ledger.rows, claims, ledger.granted),
  ];
  return {
    name: 'I4',
    sentence:
      "Every row belongs to a claim, a grant's or a user's own, that ended in success or unknown; no claim is refused after its first success.",
    checked: ledger.rows.length + claims.length,
    violations,
  };
};

function claimKey({ couponId, userId, idempotencyKey }: RecordedReply): string {
  return JSON.stringify([couponId, userId, idempotencyKey]);
}

/** Only a claim that was sent after the success had arrived must know of it. */
function refusedAfterSuccess(claim: readonly RecordedReply[]): string[] {
  const successes = claim.filter(isSuccess);
  const knownAt = Math.min(...successes.map(({ receivedAt }) => receivedAt));
  return claim
    .filter((reply) => isRefusal(reply) && reply.sentAt > knownAt)
    .map(
      ({ status, code }) =>
        `claim ${successes[0]?.issuance.id ?? ''} was refused (${status ?? ''} ${code ?? ''}) after its success`,
    );
}

/**
 * Rows that nobody was told of must stem from claims of unknown outcome: of each user at most as
 * many, for an unknown reply names no id.
 */
function unclaimed(
  rows: readonly RowFact[],
  claims: readonly (readonly RecordedReply[])[],
  granted: readonly GrantedFact[],
): string[] {
  const told = new Set(granted.flatMap(({ issuanceId }) => issuanceId ?? []));
  const unknownClaims = new Map<string, number>();
  const mayBeOf = (user: string): unknown =>
    unknownClaims.set(user, (unknownClaims.get(user) ?? 0) + 1);
  for (const claim of claims) {
    const successes = claim.filter(isSuccess);
    for (const { issuance } of successes) told.add(issuance.id);
    const [first] = claim;
    if (first === undefined || successes.length > 0 || !claim.some(isUnknown)) continue;
    mayBeOf(userOf(first));
  }
  const keyOf = ({ couponId, userKey }: Pick<RowFact, 'couponId' | 'userKey'>): string =>
    `key ${couponId} ${userKey}`;
  for (const user of granted) if (user.outcome === null) mayBeOf(keyOf(user));
  return rows.flatMap((row) => {
    // After an erasure nobody can say whose it was.
    if (told.has(row.id) || row.userId === null) return [];
    const names = [keyOf(row), userOf({ couponId: row.couponId, userId: row.userId })];
    const name = names.find((each) => (unknownClaims.get(each) ?? 0) > 0);
    if (name === undefined) {
      return [`row ${row.id} belongs to no claim that could have been accepted`];
    }
    unknownClaims.set(name, (unknownClaims.get(name) ?? 0) - 1);
    return [];
  });
}

function userOf({ couponId, userId }: { couponId: string; userId: string }): string {
  return JSON.stringify([couponId, userId]);
}
