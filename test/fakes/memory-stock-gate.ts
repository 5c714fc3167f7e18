import { claimRecordPrefix } from '../../lambdas/domain/claim-record.ts';
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
} from '../../lambdas/domain/gate.ts';
import type { KnownUser } from '../../lambdas/domain/erasure.ts';
import type { ClaimedIssuance } from '../../lambdas/domain/issuance.ts';
import { couponIdOf, digestOf, issuanceId } from '../../lambdas/domain/issuance.ts';
import type {
  GateFinding,
  LoadedClaim,
  PendingClaim,
  StockGate,
} from '../../lambdas/domain/ports.ts';
import { counted, heldTerms, noRefusals, withTerms, type HeldTerms } from './memory-gate-terms.ts';

interface Gate {
  epoch: number | undefined;
  building: number | undefined;
  server: string;
  perUserLimit: number;
  given: number;
  contents: GateContents | undefined;
  terms: HeldTerms | undefined;
  /** Of the terms it was told last. */
  version: number;
  openedAt: number;
  refusals: RefusalCounts;
  lastSequence: number;
  claims: Map<string, { issuance: ClaimedIssuance; userKey: string }>;
  pending: Map<string, { epoch: number; acceptedAt: number; record: string }>;
}

const PAGE = 500;

/** The gate's rules in memory; the contract suite holds it to what the Lua scripts do. */
export class MemoryStockGate implements StockGate {
  readonly #gates = new Map<string, Gate>();
  readonly #now: () => number;
  #server = 'server-1';

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The server is another one now; its data stays, as on a promoted replica. */
  changeServer(name: string): void {
    this.#server = name;
  }

  flush(): void {
    this.#gates.clear();
  }

  /** A claim is lost, as by an early expiry. */
  dropClaim(id: string): void {
    this.#gates.get(couponIdOf(id))?.claims.delete(digestOf(id));
  }

  /** What an open gate obeys and has given; undefined of a closed one. */
  look(couponId: string): (HeldTerms & { readonly given: number }) | undefined {
    const gate = this.#gates.get(couponId);
    if (gate?.terms === undefined || this.#closure(gate) !== undefined) return undefined;
    return { ...gate.terms, given: gate.given };
  }

  claim(request: ClaimRequest): Promise<ClaimOutcome> {
    return Promise.resolve(this.#decide(request));
  }

  #decide(request: ClaimRequest): ClaimOutcome {
    const gate = this.#gates.get(request.couponId);
    const why = this.#closure(gate);
    if (gate?.contents === undefined || gate.terms === undefined || why !== undefined) {
      return { kind: 'closed', why: why ?? 'missing' };
    }
    const { contents } = gate;
    const refused = (reason: GateRefusal): ClaimOutcome => {
      gate.refusals = counted(gate.refusals, reason);
      return { kind: 'refused', reason };
    };
    const digest = contents.perUserLimit > 1 ? request.keyedDigest : request.digest;
    if (digest === undefined) return refused('idempotency_key_required');

    const now = this.#now();
    const claim = gate.claims.get(digest);
    if (claim !== undefined) {
      const { issuance } = claim;
      const pending = gate.pending.get(digest);
      if (pending) return { kind: 'pending', issuance, record: pending.record };
      return { kind: 'claimed', issuance, ageMs: now - issuance.acceptedAt };
    }

    const refusal = refusalOf(gate.terms, contents.issueStartsAt, gate.given, now);
    if (refusal !== undefined) return refused(refusal);
    const ordinal = this.#lowestFreeOrdinal(gate, request.userKey);
    if (ordinal > contents.perUserLimit) return refused('user_limit_reached');
    return this.#accept(gate, request, digest, ordinal, now);
  }

  #accept(
    gate: Gate,
    { couponId, userId, userKey }: ClaimRequest,
    digest: string,
    ordinal: number,
    acceptedAt: number,
  ): ClaimOutcome {
    const epoch = gate.epoch ?? 0;
    gate.lastSequence += 1;
    gate.given += 1;
    const sequence = gate.lastSequence;
    const id = issuanceId(couponId, digest);
    const issuance = { id, couponId, userId, ordinal, sequence, acceptedAt, epoch };
    const rest = JSON.stringify({ id, ordinal, sequence, acceptedAt, epoch }).slice(1);
    const record = claimRecordPrefix(couponId, userId, userKey) + rest;
    gate.claims.set(digest, { issuance, userKey });
    gate.pending.set(digest, { epoch, acceptedAt, record });
    return { kind: 'accepted', issuance, record };
  }

  confirm(couponId: string, digests: readonly string[], epoch: number): Promise<void> {
    const pending = this.#gates.get(couponId)?.pending;
    for (const digest of digests) {
      if (pending?.get(digest)?.epoch === epoch) pending.delete(digest);
    }
    return Promise.resolve();
  }

  find(id: string): Promise<GateFinding> {
    const gate = this.#gates.get(couponIdOf(id));
    const why = this.#closure(gate);
    if (why !== undefined) return Promise.resolve({ kind: 'closed', missing: why === 'missing' });
    const claim = gate?.claims.get(digestOf(id));
    return Promise.resolve(
      claim ? { kind: 'found', issuance: claim.issuance } : { kind: 'absent' },
    );
  }

  status(couponId: string): Promise<GateStatus> {
    const gate = this.#gates.get(couponId);
    const why = this.#closure(gate);
    if (why !== undefined || gate?.terms === undefined) {
      const buildingEpoch = gate?.server === this.#server ? gate.building : undefined;
      const version = gate?.version ?? 0;
      return Promise.resolve({ kind: 'closed', why: why ?? 'missing', buildingEpoch, version });
    }
    const { version, quantity, restricted } = gate.terms;
    const { epoch = 0, given, pending, openedAt, refusals } = gate;
    return Promise.resolve({
      kind: 'open',
      epoch,
      version,
      quantity,
      given,
      pending: pending.size,
      restricted,
      openedAt,
      refusals,
    });
  }

  async *pendingClaims(couponId: string, minAgeMs: number): AsyncGenerator<PendingClaim[]> {
    const gate = this.#gates.get(couponId);
    if (gate === undefined || this.#closure(gate) !== undefined) return;
    const now = this.#now();
    const old = [...gate.pending]
      .filter(([, { acceptedAt }]) => acceptedAt <= now - minAgeMs || acceptedAt > now)
      .map(([digest, { epoch, record }]) => ({ digest, epoch, record }));
    for (let i = 0; i < old.length; i += PAGE) {
      yield await Promise.resolve(old.slice(i, i + PAGE));
    }
  }

  beginBuilding(couponId: string, epoch: number): Promise<boolean> {
    const gate = this.#gates.get(couponId) ?? emptyGate();
    if ((gate.epoch ?? 0) > epoch || (gate.building ?? 0) > epoch) return Promise.resolve(false);
    gate.building = epoch;
    gate.server = this.#server;
    this.#gates.set(couponId, gate);
    return Promise.resolve(true);
  }

  clear(couponId: string, epoch: number, perUserLimit: number): Promise<boolean> {
    const gate = this.#building(couponId, epoch);
    if (gate === undefined) return Promise.resolve(false);
    gate.claims.clear();
    gate.pending.clear();
    gate.perUserLimit = perUserLimit;
    return Promise.resolve(true);
  }

  load(couponId: string, epoch: number, claims: readonly LoadedClaim[]): Promise<boolean> {
    const gate = this.#building(couponId, epoch);
    if (gate === undefined) return Promise.resolve(false);
    for (const { userKey, ...issuance } of claims) {
      gate.claims.set(digestOf(issuance.id), { issuance, userKey });
    }
    return Promise.resolve(true);
  }

  open(couponId: string, contents: GateContents): Promise<boolean> {
    const gate = this.#building(couponId, contents.epoch);
    if (gate?.claims.size !== contents.given || gate.version > contents.version) {
      return Promise.resolve(false);
    }
    gate.epoch = contents.epoch;
    gate.given = contents.given;
    gate.lastSequence = contents.lastSequence;
    gate.contents = contents;
    gate.terms = heldTerms(contents);
    gate.version = contents.version;
    gate.openedAt = this.#now();
    gate.refusals = noRefusals();
    gate.building = undefined;
    return Promise.resolve(true);
  }

  apply(couponId: string, terms: GateTerms, limit?: GateLimit): Promise<ApplyOutcome> {
    const gate = this.#gates.get(couponId);
    const why = this.#closure(gate);
    if (gate?.terms === undefined || why !== undefined) {
      if (why === 'building' && limit === undefined && gate?.server === this.#server) {
        gate.version = Math.max(gate.version, terms.version);
      }
      return Promise.resolve({ kind: 'closed', why: why ?? 'missing' });
    }
    const { outcome, held } = withTerms(gate.terms, gate.given, terms, limit, this.#now());
    gate.terms = held ?? gate.terms;
    gate.version = gate.terms.version;
    return Promise.resolve(outcome);
  }

  forgetUser(couponId: string, user: KnownUser, _digests: readonly string[]): Promise<boolean> {
    const gate = this.#gates.get(couponId);
    if (gate?.building !== undefined) return Promise.resolve(false);
    for (const [digest, { issuance, userKey }] of gate?.claims ?? []) {
      if (userKey === user.key) {
        gate?.claims.set(digest, { userKey, issuance: { ...issuance, userId: null } });
      }
    }
    return Promise.resolve(true);
  }

  #building(couponId: string, epoch: number): Gate | undefined {
    const gate = this.#gates.get(couponId);
    return gate?.building === epoch && gate.server === this.#server ? gate : undefined;
  }

  #closure(gate: Gate | undefined): GateClosure | undefined {
    if (gate?.building !== undefined) return 'building';
    if (gate?.epoch === undefined) return 'missing';
    if (gate.server !== this.#server) return 'foreign';
    return gate.claims.size === gate.given ? undefined : 'drift';
  }

  #lowestFreeOrdinal(gate: Gate, userKey: string): number {
    const taken = new Set(
      [...gate.claims.values()]
        .filter((claim) => claim.userKey === userKey)
        .map(({ issuance }) => issuance.ordinal),
    );
    let ordinal = 1;
    while (taken.has(ordinal)) ordinal += 1;
    return ordinal;
  }
}

function emptyGate(): Gate {
  return {
    epoch: undefined,
    building: undefined,
    server: '',
    perUserLimit: 1,
    given: 0,
    contents: undefined,
    terms: undefined,
    version: 0,
    openedAt: 0,
    refusals: noRefusals(),
    lastSequence: 0,
    claims: new Map(),
    pending: new Map(),
  };
}

function refusalOf(
  { control, issueEndsAt, quantity }: HeldTerms,
  issueStartsAt: number,
  given: number,
  now: number,
): GateRefusal | undefined {
  if (control === 'closed') return 'coupon_closed';
  if (now >= issueEndsAt) return 'issue_ended';
  if (control === 'paused') return 'coupon_paused';
  if (now < issueStartsAt) return 'issue_not_started';
  return given >= quantity ? 'sold_out' : undefined;
}
