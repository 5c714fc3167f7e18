import { claimRecordPrefix, decodeClaimRecord } from '../../domain/claim-record.ts';
import type {
  ApplyOutcome,
  ClaimOutcome,
  ClaimRequest,
  GateClosure,
  GateContents,
  GateLimit,
  GateRefusal,
  GateStatus,
  GateTerms,
  RefusalCounts,
} from '../../domain/gate.ts';
import { COUNTED_REFUSALS } from '../../domain/gate.ts';
import type { ClaimedIssuance } from '../../domain/issuance.ts';
import { couponIdOf, digestOf, issuanceId } from '../../domain/issuance.ts';
import type { GateFinding, LoadedClaim, PendingClaim, StockGate } from '../../domain/ports.ts';
import { withinMs } from '../within-ms.ts';
import type { gateScripts } from './gate-scripts.ts';
import { gateKeys } from './gate-scripts.ts';
import { together } from './together.ts';
import { whenReady, type Valkey } from './valkey.ts';
import { asGateError } from './valkey-client.ts';

/** A rebuild that was never finished leaves its marker; Valkey forgets it after a week. */
const MARKER_TTL_MS = 7 * 24 * 60 * 60 * 1000;
const SCAN_COUNT = '500';

/** A claim is answered after its confirmation, and needs it for nothing: the sweep confirms too. */
const CONFIRM_WAIT_MS = 300;

/**
 * The gate in Valkey.
 *
 * @param connectWaitMs how long a call waits for a connection that is not there
 */
export function valkeyStockGate(valkey: Valkey, connectWaitMs: number): StockGate {
  const run = async (
    script: keyof typeof gateScripts,
    couponId: string,
    args: readonly string[],
  ): Promise<unknown> => {
    const keys = gateKeys(couponId);
    const client = await whenReady(valkey, keys[0], connectWaitMs);
    try {
      return await client[script](...keys, ...args);
    } catch (error) {
      throw asGateError(error);
    }
  };
  const succeeded = async (...call: Parameters<typeof run>): Promise<boolean> =>
    (await run(...call)) === 1;

  const confirmTogether = together<string>((key, digests) => {
    const [couponId = '', epoch = ''] = key.split(' ');
    return run('gateConfirm', couponId, [epoch, ...digests]);
  });

  return {
    async claim(request) {
      const reply = await run('gateClaim', request.couponId, claimArguments(request));
      return toClaimOutcome(request.couponId, reply as string[]);
    },

    async confirm(couponId, digests, epoch) {
      await withinMs(confirmTogether(`${couponId} ${epoch}`, digests), CONFIRM_WAIT_MS);
    },

    async find(id) {
      const couponId = couponIdOf(id);
      const reply = await run('gateFind', couponId, [digestOf(id)]);
      return toFinding(couponId, digestOf(id), reply as string[]);
    },

    async status(couponId) {
      return toStatus((await run('gateStatus', couponId, COUNTED_REFUSALS)) as string[]);
    },

    async *pendingClaims(couponId, minAgeMs) {
      let cursor = '0';
      do {
        const args = [cursor, String(minAgeMs), SCAN_COUNT];
        const [next = '0', ...found] = (await run('gateScanPending', couponId, args)) as string[];
        yield toPendingClaims(found);
        cursor = next;
      } while (cursor !== '0');
    },

    beginBuilding: (couponId, epoch) =>
      succeeded('gateBeginBuilding', couponId, [String(epoch), String(MARKER_TTL_MS)]),

    clear: (couponId, epoch, perUserLimit) =>
      succeeded('gateClear', couponId, [String(epoch), String(perUserLimit)]),

    load: (couponId, epoch, claims) =>
      succeeded('gateLoad', couponId, [String(epoch), ...claims.flatMap(loadArguments)]),

    open: (couponId, contents) => succeeded('gateOpen', couponId, openArguments(contents)),

    async apply(couponId, terms, limit) {
      const reply = await run('gateApply', couponId, applyArguments(terms, limit));
      return toApplyOutcome(reply as string[]);
    },

    async forgetUser(couponId, user, digests) {
      const others = (await run('gateForget', couponId, [user.key, ...digests])) as number;
      if (others <= 0) return others === 0;
      // Claims whose records are on their way, under keys that nobody remembers.
      let cursor = '0';
      do {
        const args = [user.id, cursor, SCAN_COUNT];
        cursor = (await run('gateForgetPage', couponId, args)) as string;
      } while (cursor !== '0');
      return true;
    },
  };
}

function claimArguments(request: ClaimRequest): string[] {
  const { couponId, userId, userKey, digest, keyedDigest } = request;
  const prefix = claimRecordPrefix(couponId, userId, userKey);
  return [couponId, digest, keyedDigest ?? '', userKey, userId, prefix];
}

function loadArguments(claim: LoadedClaim): string[] {
  const { id, epoch, sequence, acceptedAt, ordinal, userId, userKey } = claim;
  const value = [epoch, sequence, acceptedAt, ordinal, userId ?? ''].join('|');
  return [digestOf(id), value, userKey, String(ordinal)];
}

function openArguments(contents: GateContents): string[] {
  const { epoch, given, forgetAt, version } = contents;
  const fields = {
    quantity: contents.quantity,
    sequence: contents.lastSequence,
    perUserLimit: contents.perUserLimit,
    control: contents.control,
    startsAt: contents.issueStartsAt,
    endsAt: contents.issueEndsAt,
  };
  return [epoch, given, forgetAt, version, ...Object.entries(fields).flat()].map(String);
}

function applyArguments(terms: GateTerms, limit: GateLimit | undefined): string[] {
  const { epoch, version, control, quantity, issueEndsAt, forgetAt } = terms;
  const limits = limit === undefined ? [] : [limit.quantity, limit.issueEndsAt];
  return [epoch, version, control, quantity, issueEndsAt, forgetAt, ...limits].map(String);
}

function toApplyOutcome(reply: readonly string[]): ApplyOutcome {
  const [kind, detail] = reply;
  if (kind === 'closed') return { kind, why: detail as GateClosure };
  if (kind === 'below_given') return { kind, given: Number(detail) };
  if (kind === 'stale') return { kind, version: Number(detail) };
  return { kind: kind as 'applied' | 'current' | 'restricted' | 'superseded' | 'end_past' };
}

function toClaimOutcome(couponId: string, reply: readonly string[]): ClaimOutcome {
  const [kind, detail = '', ageMs, digest = ''] = reply;
  if (kind === 'accepted' || kind === 'pending') {
    return { kind, record: detail, issuance: fromRecord(detail) };
  }
  if (kind === 'claimed') {
    return { kind, issuance: fromClaim(couponId, digest, detail), ageMs: Number(ageMs) };
  }
  if (kind === 'refused') return { kind, reason: detail as GateRefusal };
  return { kind: 'closed', why: detail as GateClosure };
}

function fromRecord(record: string): ClaimedIssuance {
  const decoded = decodeClaimRecord(record);
  if (!decoded.ok) throw new Error(`the gate holds a record that can't be read: ${decoded.detail}`);
  const { id, couponId, userId, ordinal, sequence, acceptedAt, epoch } = decoded.record;
  return { id, couponId, userId, ordinal, sequence, acceptedAt, epoch };
}

/** A claim is kept as `epoch|sequence|acceptedAt|ordinal|userId`; an erased user's id is empty. */
function fromClaim(couponId: string, digest: string, claim: string): ClaimedIssuance {
  const [epoch, sequence, acceptedAt, ordinal, ...rest] = claim.split('|');
  const userId = rest.join('|');
  return {
    id: issuanceId(couponId, digest),
    couponId,
    userId: userId === '' ? null : userId,
    ordinal: Number(ordinal),
    sequence: Number(sequence),
    acceptedAt: Number(acceptedAt),
    epoch: Number(epoch),
  };
}

function toFinding(couponId: string, digest: string, reply: readonly string[]): GateFinding {
  const [kind, detail = ''] = reply;
  if (kind === 'found') return { kind, issuance: fromClaim(couponId, digest, detail) };
  if (kind === 'absent') return { kind };
  return { kind: 'closed', missing: detail === 'missing' };
}

function toStatus(reply: readonly string[]): GateStatus {
  if (reply[0] === 'open') {
    const [epoch = 0, version = 0, quantity = 0, given = 0, pending = 0, restricted = 0, ...rest] =
      reply.slice(1).map(Number);
    const [openedAt = 0, ...counts] = rest;
    const refusals = Object.fromEntries(
      COUNTED_REFUSALS.map((reason, i) => [reason, counts[i] ?? 0]),
    ) as RefusalCounts;
    return {
      kind: 'open',
      epoch,
      version,
      quantity,
      given,
      pending,
      restricted: restricted === 1,
      openedAt,
      refusals,
    };
  }
  const [, why, building, version] = reply;
  return {
    kind: 'closed',
    why: why as GateClosure,
    buildingEpoch: building === undefined || building === '' ? undefined : Number(building),
    version: Number(version ?? 0),
  };
}

function toPendingClaims(found: readonly string[]): PendingClaim[] {
  const claims: PendingClaim[] = [];
  for (let i = 0; i + 1 < found.length; i += 2) {
    const record = found[i + 1] ?? '';
    const { epoch, acceptedAt } = fromRecord(record);
    claims.push({ digest: found[i] ?? '', epoch, acceptedAt, record });
  }
  return claims;
}
