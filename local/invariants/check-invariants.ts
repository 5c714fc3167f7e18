import { couponIdOf } from '../../lambdas/domain/issuance.ts';
import type { Facts, RecordedRedeemReply, RecordedReply, RecordedRollbackReply } from './facts.ts';
import { countInvariants } from './invariants.ts';
import { readGates } from './read-gates.ts';
import { readLedger } from './read-ledger.ts';
import { readLog } from './read-log.ts';
import type { InvariantReport } from './report.ts';

/** Where to look, and what the clients were told. */
export interface InvariantTarget {
  readonly couponIds: readonly string[];
  /** Of all clients that claimed these coupons: what is not told here nobody asked for. */
  readonly replies: readonly RecordedReply[];
  /** Of orders that asked to redeem issuances of these coupons. */
  readonly redeemReplies?: readonly RecordedRedeemReply[];
  readonly rollbackReplies?: readonly RecordedRollbackReply[];
  /**
   * A user that may read coupons, coupon_fences, issuances, quarantine, redemptions,
   * grants, notifications and the audit.
   */
  readonly databaseUrl: string;
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Of the record function's event source mapping. */
  readonly group: string;
  readonly valkeyUrl: string;
}

/**
 * Reads PostgreSQL, Kafka and the gates, and counts every invariant. The system is to be at rest
 * (see at-rest.ts): what is under way between two readings would be counted as lost.
 */
export async function checkInvariants(target: InvariantTarget): Promise<InvariantReport[]> {
  const { couponIds, databaseUrl, brokers, topic, group, valkeyUrl } = target;
  const { replies, redeemReplies = [], rollbackReplies = [] } = target;
  const [ledger, log, gates] = await Promise.all([
    readLedger(databaseUrl, couponIds),
    readLog(brokers, topic, group),
    readGates(valkeyUrl, couponIds),
  ]);
  const known = new Set(ledger.coupons.map(({ id }) => id));
  const unknown = couponIds.filter((id) => !known.has(id));
  if (unknown.length > 0) throw new Error(`no such coupons: ${unknown.join(', ')}`);
  const facts: Facts = {
    ledger,
    log,
    gates,
    replies: replies.filter(({ couponId }) => known.has(couponId)),
    redeemReplies: redeemReplies.filter(({ issuanceId }) => known.has(couponIdOf(issuanceId))),
    rollbackReplies,
    readAt: Date.now(),
  };
  return countInvariants(facts);
}
