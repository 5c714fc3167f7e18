import type { World } from './world.ts';
import { COUPON_ID } from './world.ts';
import { issuanceId } from '../../lambdas/domain/issuance.ts';
import { decodeBatch } from '../../lambdas/domain/record-plan.ts';
import { countInvariants } from '../../local/invariants/invariants.ts';
import type {
  Facts,
  GateFacts,
  GrantedFact,
  LedgerFacts,
  LogFacts,
} from '../../local/invariants/facts.ts';
import { placeKey } from '../../local/invariants/read-log.ts';

/** @param demandedSince from when on everybody asked once more, with all well */
export function checkInvariants(world: World, demandedSince: number): void {
  const facts: Facts = {
    ledger: ledgerFacts(world),
    log: logFacts(world),
    gates: new Map([[COUPON_ID, gateFacts(world, demandedSince)]]),
    replies: world.replies,
    redeemReplies: [],
    rollbackReplies: [],
    readAt: world.time,
  };
  for (const { name, violations } of countInvariants(facts)) {
    for (const violation of violations) world.violation(`${name}: ${violation}`);
  }
}

function ledgerFacts({ ledger, grants }: World): LedgerFacts {
  const { id, quantity, issued, perUserLimit, version, issueStartsAt, issueEndsAt } =
    ledger.look(COUPON_ID);
  const window = { startsAt: issueStartsAt, endsAt: issueEndsAt };
  return {
    coupons: [{ id, quantity, issued, perUserLimit, version, ...window }],
    rows: [...ledger.rows.values()],
    fences: new Map([[id, ledger.fencesOf(id).map((fence) => ({ ...fence, storedAt: 0 }))]]),
    quarantine: [...ledger.quarantine.values()].map(({ entry, record }) => ({
      topic: entry.topic,
      partition: entry.partition,
      offset: entry.offset,
      issuanceId: record?.id ?? null,
    })),
    redemptions: [],
    notifications: [],
    granted: grants.outcomes().map(({ couponId, userKey, outcome }): GrantedFact => {
      const id = outcome !== undefined && 'issuanceId' in outcome ? outcome.issuanceId : null;
      return { couponId, userKey, outcome: outcome?.kind ?? null, issuanceId: id };
    }),
  };
}

function logFacts({ topic }: World): LogFacts {
  const numbered = topic.partitions.map((records, partition) => ({ records, partition }));
  return {
    starts: new Map(numbered.map(({ partition }) => [partition, 0n])),
    ends: new Map(numbered.map(({ records, partition }) => [partition, BigInt(records.length)])),
    committed: new Map(topic.committed.map((offset, i) => [i, BigInt(offset)])),
    records: decodeBatch(numbered.flatMap(({ partition }) => topic.entries(partition))),
    sentAt: new Map(
      numbered.flatMap(({ records, partition }) =>
        records.map(({ sentAt }, i): [string, number] => [
          placeKey({ partition, offset: String(i) }),
          sentAt,
        ]),
      ),
    ),
  };
}

function gateFacts({ gate }: World, raisedAt: number): GateFacts {
  const found = gate.look(COUPON_ID);
  if (found === undefined) return { kind: 'closed', why: 'missing' };
  const toIds = (digests: readonly string[]): Set<string> =>
    new Set(digests.map((digest) => issuanceId(COUPON_ID, digest)));
  return {
    kind: 'open',
    version: found.version,
    isRestricted: found.restricted,
    raisedAt,
    quantity: found.quantity,
    given: found.given,
    claims: toIds(found.claims),
    pending: toIds(found.pending),
  };
}
