import type {
  ApplyOutcome,
  GateContents,
  GateLimit,
  GateRefusal,
  GateTerms,
  RefusalCounts,
} from '../../lambdas/domain/gate.ts';
import { COUNTED_REFUSALS } from '../../lambdas/domain/gate.ts';

/** What an open gate obeys. */
export type HeldTerms = GateTerms & { readonly restricted: boolean };

export function heldTerms({
  epoch,
  version,
  quantity,
  control,
  issueEndsAt,
  forgetAt,
}: GateContents): HeldTerms {
  return { epoch, version, quantity, control, issueEndsAt, forgetAt, restricted: false };
}

/** What becomes of an open gate's terms; undefined: they stay. */
export function withTerms(
  held: HeldTerms,
  given: number,
  terms: GateTerms,
  limit: GateLimit | undefined,
  now: number,
): { readonly outcome: ApplyOutcome; readonly held?: HeldTerms } {
  if (held.epoch > terms.epoch) return { outcome: { kind: 'superseded' } };
  if (held.version > terms.version) {
    return { outcome: { kind: 'stale', version: held.version } };
  }
  const known = held.version === terms.version;
  if (known && limit === undefined) {
    return { outcome: { kind: held.restricted ? 'restricted' : 'current' } };
  }
  // An older gate may be told of later terms; its claims are still those of its own epoch.
  const base = known ? held : { ...terms, epoch: held.epoch };
  const issueEndsAt = Math.min(base.issueEndsAt, limit?.issueEndsAt ?? base.issueEndsAt);
  if (issueEndsAt < base.issueEndsAt && issueEndsAt <= now) {
    return { outcome: { kind: 'end_past' } };
  }
  const quantity = Math.min(base.quantity, limit?.quantity ?? base.quantity);
  if (quantity < given) return { outcome: { kind: 'below_given', given } };
  const restricted = limit !== undefined;
  return { outcome: { kind: 'applied' }, held: { ...base, quantity, issueEndsAt, restricted } };
}

export function noRefusals(): RefusalCounts {
  return Object.fromEntries(COUNTED_REFUSALS.map((reason) => [reason, 0])) as RefusalCounts;
}

export function counted(counts: RefusalCounts, reason: GateRefusal): RefusalCounts {
  return reason === 'idempotency_key_required'
    ? counts
    : { ...counts, [reason]: counts[reason] + 1 };
}
