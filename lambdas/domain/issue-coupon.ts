import type { ClaimOrigin } from './claim-origin.ts';
import type { CouponLookup } from './closed-gate.ts';
import type { Clock } from './deadline.ts';
import { deadlineAfter } from './deadline.ts';
import type { ClaimOutcome, ClaimRequest, GateRefusal } from './gate.ts';
import type { ClaimedIssuance, RecordedIssuance } from './issuance.ts';
import { digestOf, issuanceId } from './issuance.ts';
import type { ClaimLog, Identifiers, IssuanceLedger, StockGate } from './ports.ts';

export interface Claim {
  readonly couponId: string;
  readonly userId: string;
  readonly idempotencyKey: string | undefined;
  /** The request that it came with; none of a grant's, which nobody waits for. */
  readonly origin?: ClaimOrigin | undefined;
}

export type IssueOutcome =
  /** The claim passed the gate and stands in Kafka. */
  | { readonly kind: 'accepted'; readonly issuance: ClaimedIssuance }
  /** The same claim passed before. */
  | { readonly kind: 'repeated'; readonly issuance: ClaimedIssuance | RecordedIssuance }
  | { readonly kind: 'refused'; readonly reason: GateRefusal }
  | { readonly kind: 'unknown_coupon' }
  | { readonly kind: 'gate_closed' };

export interface IssueDependencies {
  readonly gate: StockGate;
  readonly log: ClaimLog;
  readonly ledger: IssuanceLedger;
  readonly coupons: CouponLookup;
  readonly identifiers: Identifiers;
  readonly clock: Clock;
  readonly connectWaitMs: number;
  readonly publishBudgetMs: number;
  /** Told of what the caller need not know. */
  readonly onFault: (what: string, error: unknown) => void;
  /** Told of each step as it ends, also of a claim that then fails. */
  readonly onStep?: ((step: ClaimStep) => void) | undefined;
}

/** How far a claim is: the gate has answered, the log has or has given up. */
export interface ClaimStep {
  readonly step: 'gate' | 'publish';
  readonly ms: number;
  /** Known once the gate has let the claim in. */
  readonly issuanceId?: string | undefined;
}

/**
 * For this long a repeated claim is answered as the first one was, by the gate alone: who presses
 * ten times in a spike costs the database nothing. Later the ledger is asked for the present state.
 */
const SAME_ANSWER_MS = 3_000;

/**
 * Issues a coupon to a user: gate, then Kafka, then the answer.
 *
 * Rejects with the ports' errors when the outcome is unknown or a server is away. Then nothing is
 * taken back: the pending entry stays, and the same claim again publishes the same record.
 */
export async function issueCoupon(
  claim: Claim,
  dependencies: IssueDependencies,
): Promise<IssueOutcome> {
  const { gate, log, identifiers, clock, connectWaitMs, publishBudgetMs, onStep } = dependencies;
  log.discardExpired();
  // While Kafka is known to be away nothing is taken from the stock.
  await log.ready(connectWaitMs);

  const deadline = deadlineAfter(clock, publishBudgetMs);
  const request = toRequest(claim, identifiers);
  const took = stopwatch(clock);
  const outcome = await gate.claim(request);
  const issuanceId = 'issuance' in outcome ? outcome.issuance.id : undefined;
  onStep?.({ step: 'gate', ms: took(), issuanceId });
  switch (outcome.kind) {
    case 'accepted':
    case 'pending': {
      const { issuance, record } = outcome;
      try {
        await log.publish(issuance.id, record, deadline, claim.origin);
      } finally {
        onStep?.({ step: 'publish', ms: took() });
      }
      await confirm(issuance, dependencies);
      return { kind: outcome.kind === 'accepted' ? 'accepted' : 'repeated', issuance };
    }
    case 'claimed':
      return { kind: 'repeated', issuance: await presentState(outcome, dependencies) };
    case 'refused':
      return outcome;
    case 'closed':
      return behindClosedGate(request, dependencies);
  }
}

/** Milliseconds since the last time that it was asked. */
function stopwatch(clock: Clock): () => number {
  let last = clock.monotonic();
  return () => {
    const since = last;
    last = clock.monotonic();
    return last - since;
  };
}

function toRequest(
  { couponId, userId, idempotencyKey }: Claim,
  identifiers: Identifiers,
): ClaimRequest {
  return {
    couponId,
    userId,
    userKey: identifiers.userKey(userId),
    digest: identifiers.issuanceDigest(couponId, userId, ''),
    keyedDigest:
      idempotencyKey === undefined
        ? undefined
        : identifiers.issuanceDigest(couponId, userId, idempotencyKey),
  };
}

/** A confirmation that fails costs one more publish by the sweep, and nothing else. */
async function confirm(
  { id, couponId, epoch }: ClaimedIssuance,
  { gate, onFault }: IssueDependencies,
): Promise<void> {
  try {
    await gate.confirm(couponId, [digestOf(id)], epoch);
  } catch (error) {
    onFault('confirm', error);
  }
}

async function presentState(
  { issuance, ageMs }: Extract<ClaimOutcome, { kind: 'claimed' }>,
  { ledger, onFault }: IssueDependencies,
): Promise<ClaimedIssuance | RecordedIssuance> {
  // Below zero the gate's clock was set back, for who knows how long.
  if (ageMs >= 0 && ageMs < SAME_ANSWER_MS) return issuance;
  try {
    return (await ledger.findIssuance(issuance.id)) ?? issuance;
  } catch (error) {
    // It is accepted, that much is sure; a database that is away must not turn that into a 503.
    onFault('present state', error);
    return issuance;
  }
}

/**
 * The gate decides nothing. PostgreSQL may still know the answer: no such coupon, an issuance of
 * an earlier day, or a window that is over.
 */
async function behindClosedGate(
  request: ClaimRequest,
  { coupons, ledger }: IssueDependencies,
): Promise<IssueOutcome> {
  const coupon = await coupons.lookUp(request.couponId);
  if (coupon === 'unknown') return { kind: 'unknown_coupon' };
  if (coupon === 'live') return { kind: 'gate_closed' };
  for (const digest of [request.digest, request.keyedDigest]) {
    const issuance = digest && (await ledger.findIssuance(issuanceId(request.couponId, digest)));
    if (issuance) return { kind: 'repeated', issuance };
  }
  return { kind: 'refused', reason: 'issue_ended' };
}
