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
} from '../../lambdas/domain/gate.ts';
import type { KnownUser } from '../../lambdas/domain/erasure.ts';
import { couponIdOf, digestOf, issuanceId } from '../../lambdas/domain/issuance.ts';
import type {
  GateFinding,
  LoadedClaim,
  PendingClaim,
  StockGate,
} from '../../lambdas/domain/ports.ts';
import type { Gate, GateSnapshot, ServerIdentity } from './memory-gate-state.ts';
import { copyGates, emptyGate, refusalOf } from './memory-gate-state.ts';
import { counted, heldTerms, noRefusals, withTerms, type HeldTerms } from './memory-gate-terms.ts';

/** A rebuild that was never finished leaves its marker; the server forgets it after a week. */
const MARKER_TTL_MS = 7 * 24 * 60 * 60 * 1000;

const PAGE = 500;

interface GateLook {
  readonly given: number;
  /** Digests. */
  readonly claims: readonly string[];
  readonly pending: readonly string[];
}

/** The gate's rules in memory; the contract suite holds it to what the Lua scripts do. */
export class MemoryStockGate implements StockGate {
  #gates = new Map<string, Gate>();
  readonly #now: () => number;
  #server: ServerIdentity = { runId: 'server-1', replId: 'server-1' };

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The server is another one now; its data stays, as on a promoted replica.
   *
   * @param replId of its line of replication: a new one with each promotion, whatever the server
   */
  changeServer(runId: string, replId = runId): void {
    this.#server = { runId, replId };
  }

  /** What a replica would have that has heard of everything so far. */
  replica(): GateSnapshot {
    return copyGates(this.#gates);
  }

  /** Goes on with what a replica has. */
  takeOver(replica: GateSnapshot): void {
    this.#gates = copyGates(replica);
  }

  flush(): void {
    this.#gates.clear();
  }

  /** A claim is lost, as by an early expiry. */
  dropClaim(id: string): void {
    this.#gate(couponIdOf(id))?.claims.delete(digestOf(id));
  }

  /** What an open gate obeys and has given; undefined of a closed one. */
  look(couponId: string): (HeldTerms & GateLook) | undefined {
    const gate = this.#gate(couponId);
    if (gate?.terms === undefined || this.#closure(gate) !== undefined) return undefined;
    const digests = { claims: [...gate.claims.keys()], pending: [...gate.pending.keys()] };
    return { ...gate.terms, given: gate.given, ...digests };
  }

  claim(request: ClaimRequest): Promise<ClaimOutcome> {
    return Promise.resolve(this.#decide(request));
  }

  #decide(request: ClaimRequest): ClaimOutcome {
    const gate = this.#gate(request.couponId);
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
    const pending = this.#gate(couponId)?.pending;
    for (const digest of digests) {
      if (pending?.get(digest)?.epoch === epoch) pending.delete(digest);
    }
    return Promise.resolve();
  }

  find(id: string): Promise<GateFinding> {
    const gate = this.#gate(couponIdOf(id));
    const why = this.#closure(gate);
    if (why !== undefined) return Promise.resolve({ kind: 'closed', missing: why === 'missing' });
    const claim = gate?.claims.get(digestOf(id));
    return Promise.resolve(
      claim ? { kind: 'found', issuance: claim.issuance } : { kind: 'absent' },
    );
  }

  status(couponId: string): Promise<GateStatus> {
    const gate = this.#gate(couponId);
    const why = this.#closure(gate);
    if (why !== undefined || gate?.terms === undefined) {
      const buildingEpoch = gate && this.#isHere(gate) ? gate.building : undefined;
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
    const gate = this.#gate(couponId);
    if (gate === undefined || this.#closure(gate) !== undefined) return;
    const now = this.#now();
    const old = [...gate.pending]
      .filter(([, { acceptedAt }]) => acceptedAt <= now - minAgeMs || acceptedAt > now)
      .map(([digest, { epoch, acceptedAt, record }]) => ({ digest, epoch, acceptedAt, record }));
    for (let i = 0; i < old.length; i += PAGE) {
      yield await Promise.resolve(old.slice(i, i + PAGE));
    }
  }

  beginBuilding(couponId: string, epoch: number): Promise<boolean> {
    const gate = this.#gate(couponId) ?? emptyGate();
    if ((gate.epoch ?? 0) > epoch || (gate.building ?? 0) > epoch) return Promise.resolve(false);
    gate.building = epoch;
    gate.server = this.#server;
    gate.forgetAt = this.#now() + MARKER_TTL_MS;
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
    gate.forgetAt = contents.forgetAt;
    gate.openedAt = this.#now();
    gate.refusals = noRefusals();
    gate.building = undefined;
    return Promise.resolve(true);
  }

  apply(couponId: string, terms: GateTerms, limit?: GateLimit): Promise<ApplyOutcome> {
    const gate = this.#gate(couponId);
    const why = this.#closure(gate);
    if (gate?.terms === undefined || why !== undefined) {
      if (why === 'building' && limit === undefined && gate && this.#isHere(gate)) {
        gate.version = Math.max(gate.version, terms.version);
      }
      return Promise.resolve({ kind: 'closed', why: why ?? 'missing' });
    }
    const { outcome, held } = withTerms(gate.terms, gate.given, terms, limit, this.#now());
    gate.terms = held ?? gate.terms;
    gate.version = gate.terms.version;
    gate.forgetAt = gate.terms.forgetAt;
    return Promise.resolve(outcome);
  }

  forgetUser(couponId: string, user: KnownUser, _digests: readonly string[]): Promise<boolean> {
    const gate = this.#gate(couponId);
    if (gate?.building !== undefined) return Promise.resolve(false);
    for (const [digest, { issuance, userKey }] of gate?.claims ?? []) {
      if (userKey === user.key) {
        gate?.claims.set(digest, { userKey, issuance: { ...issuance, userId: null } });
      }
    }
    return Promise.resolve(true);
  }

  /** Unless it is forgotten by now. */
  #gate(couponId: string): Gate | undefined {
    const gate = this.#gates.get(couponId);
    if (gate === undefined || this.#now() < gate.forgetAt) return gate;
    this.#gates.delete(couponId);
    return undefined;
  }

  #isHere({ server }: Gate): boolean {
    return server?.runId === this.#server.runId && server.replId === this.#server.replId;
  }

  #building(couponId: string, epoch: number): Gate | undefined {
    const gate = this.#gate(couponId);
    return gate?.building === epoch && this.#isHere(gate) ? gate : undefined;
  }

  #closure(gate: Gate | undefined): GateClosure | undefined {
    if (gate?.building !== undefined) return 'building';
    if (gate?.epoch === undefined) return 'missing';
    if (!this.#isHere(gate)) return 'foreign';
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
