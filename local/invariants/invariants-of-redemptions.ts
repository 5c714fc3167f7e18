import type {
  Facts,
  RecordedRedeemReply,
  RecordedRollbackReply,
  RedemptionFact,
  RepliedRedemption,
} from './facts.ts';
import type { Invariant } from './report.ts';

type Success = RecordedRedeemReply & { readonly redemption: RepliedRedemption };

function isSuccess(reply: RecordedRedeemReply): reply is Success {
  return (reply.status === 200 || reply.status === 201) && reply.redemption !== undefined;
}

/** The ledger's word about the order, not one about the request's form or its token. */
function isRefusal({ status }: RecordedRedeemReply): boolean {
  return status === 409 || status === 422;
}

/** I7 */
export const redeemedOnce: Invariant = (facts) => {
  const { rows, redemptions } = facts.ledger;
  const orders = [...Map.groupBy(facts.redeemReplies, orderKey).values()];
  const ofOrder = new Map(redemptions.map((redemption) => [orderKey(redemption), redemption]));
  return {
    name: 'I7',
    sentence:
      'An issuance has at most one live redemption, and exactly then it is redeemed; an order is told the same each time, and after its rollback never redeems again.',
    checked: rows.length + redemptions.length + facts.redeemReplies.length,
    violations: [
      ...usedTwice(redemptions),
      ...statesApart(facts),
      ...redemptions.flatMap(endsApart),
      ...rollbacksLost(facts),
      ...orders.flatMap((replies) => toldApart(replies, ofOrder.get(orderKey(replies[0])))),
      ...redeemedAfterRollback(facts.redeemReplies.filter(isSuccess), facts.rollbackReplies),
    ],
  };
};

function orderKey(of: { issuanceId: string; orderId: string } | undefined): string {
  return JSON.stringify([of?.issuanceId, of?.orderId]);
}

function usedTwice(redemptions: readonly RedemptionFact[]): string[] {
  const live = Map.groupBy(
    redemptions.filter((redemption) => redemption.live),
    ({ issuanceId }) => issuanceId,
  );
  const byOrder = Map.groupBy(redemptions, orderKey);
  return [
    ...[...live]
      .filter(([, found]) => found.length > 1)
      .map(([id, found]) => `issuance ${id} has ${found.length} live redemptions`),
    ...[...byOrder.values()]
      .filter((found) => found.length > 1)
      .map((found) => `issuance ${nameOf(found[0])} ${found.length} times`),
  ];
}

function nameOf(of: { issuanceId: string; orderId: string } | undefined): string {
  return `${of?.issuanceId ?? ''} was redeemed by order ${of?.orderId ?? ''}`;
}

function statesApart({ ledger: { rows, redemptions } }: Facts): string[] {
  const used = new Set(redemptions.filter(({ live }) => live).map(({ issuanceId }) => issuanceId));
  return rows
    .filter(({ id, state }) => used.has(id) !== (state === 'redeemed'))
    .map(({ id, state }) =>
      used.has(id)
        ? `issuance ${id} is ${state}, but has a live redemption`
        : `issuance ${id} is redeemed, but has no live redemption`,
    );
}

function endsApart({ id, live, rolledBackAt }: RedemptionFact): string[] {
  if (live === (rolledBackAt === null)) return [];
  return [`redemption ${id} is ${live ? 'live, but' : 'not live, and not'} rolled back`];
}

function rollbacksLost({ ledger, rollbackReplies }: Facts): string[] {
  const undone = new Set(
    rollbackReplies.filter(({ status }) => status === 200).map(({ redemptionId }) => redemptionId),
  );
  return ledger.redemptions
    .filter(({ id, rolledBackAt }) => undone.has(id) && rolledBackAt === null)
    .map(({ id }) => `redemption ${id} was told to be rolled back, and is not`);
}

/** All replies to one order about one issuance, and the redemption that it has. */
function toldApart(
  replies: readonly RecordedRedeemReply[],
  redemption: RedemptionFact | undefined,
): string[] {
  const successes = replies.filter(isSuccess);
  const name = nameOf(replies[0]);
  const bodies = new Set(successes.map((reply) => JSON.stringify(reply.redemption)));
  const firsts = successes.filter(({ status }) => status === 201);
  return [
    ...(bodies.size > 1 ? [`issuance ${name} in ${bodies.size} different ways`] : []),
    ...(firsts.length > 1 ? [`issuance ${name} for the first time ${firsts.length} times`] : []),
    ...new Set(successes.flatMap((success) => differences(success, redemption))),
    ...refusedAfterSuccess(replies, successes, redemption),
  ];
}

function differences({ redemption: told }: Success, row: RedemptionFact | undefined): string[] {
  if (row === undefined) return [`redemption ${told.id} was told, but is not in PostgreSQL`];
  const { live: _live, rolledBackAt: _rolledBackAt, redeemedAt, ...rest } = row;
  const kept: RepliedRedemption = { ...rest, redeemedAt: new Date(redeemedAt).toISOString() };
  return (Object.keys(kept) as (keyof RepliedRedemption)[])
    .filter((field) => JSON.stringify(told[field]) !== JSON.stringify(kept[field]))
    .map((field) => `redemption ${told.id} was told with another ${field} than its row's`);
}

/** Only who asked after the success had arrived must be told of it. */
function refusedAfterSuccess(
  replies: readonly RecordedRedeemReply[],
  successes: readonly Success[],
  redemption: RedemptionFact | undefined,
): string[] {
  const knownAt = Math.min(...successes.map(({ receivedAt }) => receivedAt));
  const wasRolledBack = redemption !== undefined && redemption.rolledBackAt !== null;
  return replies
    .filter((reply) => isRefusal(reply) && reply.sentAt > knownAt)
    .filter(({ code }) => !(wasRolledBack && code === 'order_rolled_back'))
    .map(
      (reply) =>
        `issuance ${nameOf(reply)}, and then it was refused (${reply.status ?? ''} ${reply.code ?? ''})`,
    );
}

/** Only who asked after the rollback's reply had arrived must be told of it. */
function redeemedAfterRollback(
  successes: readonly Success[],
  rollbackReplies: readonly RecordedRollbackReply[],
): string[] {
  return successes
    .filter(({ redemption, sentAt }) =>
      rollbackReplies.some(
        ({ redemptionId, status, receivedAt }) =>
          redemptionId === redemption.id && status === 200 && receivedAt < sentAt,
      ),
    )
    .map((reply) => `issuance ${nameOf(reply)} after its rollback`);
}
