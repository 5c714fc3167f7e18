import type { GateContents, GateRefusal, RefusalCounts } from '../../lambdas/domain/gate.ts';
import type { ClaimedIssuance } from '../../lambdas/domain/issuance.ts';
import type { HeldTerms } from './memory-gate-terms.ts';
import { noRefusals } from './memory-gate-terms.ts';

/** What tells a server, and its place in the replication, apart from all others. */
export interface ServerIdentity {
  readonly runId: string;
  readonly replId: string;
}

/** What the server holds of one coupon. */
export interface Gate {
  epoch: number | undefined;
  building: number | undefined;
  server: ServerIdentity | undefined;
  perUserLimit: number;
  given: number;
  contents: GateContents | undefined;
  terms: HeldTerms | undefined;
  /** Of the terms it was told last. */
  version: number;
  openedAt: number;
  refusals: RefusalCounts;
  lastSequence: number;
  /** When the server forgets all of it, by its own clock. */
  forgetAt: number;
  claims: Map<string, { issuance: ClaimedIssuance; userKey: string }>;
  pending: Map<string, { epoch: number; acceptedAt: number; record: string }>;
}

export function emptyGate(): Gate {
  return {
    epoch: undefined,
    building: undefined,
    server: undefined,
    perUserLimit: 1,
    given: 0,
    contents: undefined,
    terms: undefined,
    version: 0,
    openedAt: 0,
    refusals: noRefusals(),
    lastSequence: 0,
    forgetAt: Number.POSITIVE_INFINITY,
    claims: new Map(),
    pending: new Map(),
  };
}

/** All that a server holds, as it stood at one moment. */
export type GateSnapshot = ReadonlyMap<string, Gate>;

export function copyGates(gates: GateSnapshot): Map<string, Gate> {
  return new Map(
    [...gates].map(([couponId, gate]) => [
      couponId,
      { ...gate, claims: new Map(gate.claims), pending: new Map(gate.pending) },
    ]),
  );
}

export function refusalOf(
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
