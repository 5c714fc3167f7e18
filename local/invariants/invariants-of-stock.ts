import { isLate } from '../../lambdas/domain/fences.ts';
import type { CouponFact, Facts, GateFacts } from './facts.ts';
import type { Invariant } from './report.ts';

/** I5 */
export const unitsAddUp: Invariant = (facts) => {
  let checked = 0;
  const violations: string[] = [];
  const accounted = accountedFor(facts);
  for (const coupon of facts.ledger.coupons) {
    const gate = facts.gates.get(coupon.id);
    // Past its end a coupon's gate may be forgotten.
    if (gate?.kind !== 'open' && facts.readAt >= coupon.endsAt) continue;
    checked += 1;
    if (gate?.kind !== 'open') violations.push(`gate ${coupon.id} is ${gate?.why ?? 'not there'}`);
    else violations.push(...unitsOf(coupon, gate, accounted, facts));
  }
  return {
    name: 'I5',
    sentence:
      'Units free in the gate, and those of its claims that are pending, unrecorded, rows or quarantined, make the quantity; at rest nothing is pending, and the gate obeys the coupon as it was changed last.',
    checked,
    violations,
  };
};

/** Issuance ids of which a row, a quarantined record or a record yet to be stored is left. */
function accountedFor({ ledger, log }: Facts): ReadonlySet<string> {
  const ids = new Set(ledger.rows.map(({ id }) => id));
  for (const { issuanceId } of ledger.quarantine) if (issuanceId !== null) ids.add(issuanceId);
  for (const { entry, record } of log.records.readable) {
    const isUnrecorded = BigInt(entry.offset) >= (log.committed.get(entry.partition) ?? -1n);
    const fences = ledger.fences.get(record.couponId) ?? [];
    if (isUnrecorded && !isLate(entry, record.epoch, fences)) ids.add(record.id);
  }
  return ids;
}

function unitsOf(
  { id, quantity, version }: CouponFact,
  gate: Extract<GateFacts, { kind: 'open' }>,
  accounted: ReadonlySet<string>,
  { ledger }: Facts,
): string[] {
  const violations: string[] = [];
  if (gate.pending.size > 0) violations.push(`gate ${id} has ${gate.pending.size} pending at rest`);
  if (gate.quantity !== quantity) {
    violations.push(`gate ${id} has quantity ${gate.quantity}, its coupon ${quantity}`);
  }
  if (gate.version !== version) {
    violations.push(`gate ${id} obeys version ${gate.version}, its coupon is ${version}`);
  }
  if (gate.isRestricted) violations.push(`gate ${id} is limited by a change that came to nothing`);
  if (gate.given !== gate.claims.size) {
    violations.push(`gate ${id} has given ${gate.given}, but has ${gate.claims.size} claims`);
  }
  const free = gate.quantity - gate.given;
  const found = [...gate.claims].filter((claim) => accounted.has(claim) || gate.pending.has(claim));
  if (free + found.length !== quantity) {
    violations.push(
      `gate ${id} has ${free} units free and ${found.length} accounted for, together not ${quantity}`,
    );
  }
  const unknown = ledger.rows.filter((row) => row.couponId === id && !gate.claims.has(row.id));
  for (const row of unknown) {
    violations.push(`row ${row.id} is unknown to the gate: its unit can be given again`);
  }
  return violations;
}

/**
 * I6. Enough demand is known where a claim was told `sold_out` by the gate that stands now, and
 * with the quantity that it has now: the word of an earlier gate, before its unknown outcomes were
 * settled, binds nobody, nor does one from before there was more to give. Less there can only be
 * as long as nobody was told so: at a gate that is sold out, the quantity is what is given.
 */
export const noUnitIsLost: Invariant = (facts) => {
  const { ledger, replies } = facts;
  const rowsOf = Map.groupBy(ledger.rows, ({ couponId }) => couponId);
  const soldOut = replies.filter(({ code }) => code === 'sold_out');
  const demanded = ledger.coupons.filter((coupon) => {
    const since = bindingSince(coupon, facts);
    return soldOut.some(({ couponId, sentAt }) => couponId === coupon.id && sentAt > since);
  });
  const violations = demanded.flatMap(({ id, quantity }) => {
    const rows = rowsOf.get(id)?.length ?? 0;
    if (rows === quantity) return [];
    return [`coupon ${id} is sold out with ${rows} of ${quantity} rows`];
  });
  return {
    name: 'I6',
    sentence: 'A coupon that was sold out has, at rest, as many rows as its quantity.',
    checked: demanded.length,
    violations,
  };
};

/** From when on a `sold_out` tells something of the quantity that there is now. */
function bindingSince({ id, version }: CouponFact, { ledger, gates }: Facts): number {
  const gate = gates.get(id);
  if (gate?.kind === 'open') return gate.raisedAt;
  // Without the gate nobody knows since when it gave what.
  if (version > 1) return Number.POSITIVE_INFINITY;
  const fences = ledger.fences.get(id) ?? [];
  return Math.max(0, ...fences.map(({ storedAt }) => storedAt));
}
