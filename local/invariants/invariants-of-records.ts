import { isLate } from '../../lambdas/domain/fences.ts';
import type { PlannedInsert } from '../../lambdas/domain/record-plan.ts';
import type { Facts } from './facts.ts';
import { placeKey } from './read-log.ts';
import type { Invariant } from './report.ts';

/**
 * I8. Also of a coupon whose window was changed: an end that comes earlier is refused unless it is
 * later than every decision so far, so the window that stands last holds them all.
 */
export const decidedInsideTheWindow: Invariant = ({ ledger, log, replies }) => {
  const windows = new Map(ledger.coupons.map((coupon) => [coupon.id, coupon]));
  const decisions = [
    ...ledger.rows.map(({ id, couponId, acceptedAt }) => ({
      what: `row ${id}`,
      couponId,
      acceptedAt,
    })),
    ...log.records.readable.map(({ record: { id, couponId, acceptedAt } }) => ({
      what: `record ${id}`,
      couponId,
      acceptedAt,
    })),
    ...replies.flatMap(({ couponId, issuance }) =>
      issuance === undefined
        ? []
        : [
            {
              what: `success ${issuance.id}`,
              couponId,
              acceptedAt: Date.parse(issuance.acceptedAt),
            },
          ],
    ),
  ].filter(({ couponId }) => windows.has(couponId));
  const violations = decisions.flatMap(({ what, couponId, acceptedAt }) => {
    const { startsAt, endsAt } = windows.get(couponId) ?? { startsAt: 0, endsAt: 0 };
    if (acceptedAt >= startsAt && acceptedAt < endsAt) return [];
    return [`${what} was accepted at ${acceptedAt}, outside the issue window`];
  });
  return {
    name: 'I8',
    sentence: "The gate's decision time lies inside the issue window.",
    checked: decisions.length,
    violations,
  };
};

/** I9. And the other way round: no row comes from anywhere else, or from a late record. */
export const committedIsStored: Invariant = (facts) => {
  const { ledger, log } = facts;
  const rows = new Set(ledger.rows.map(({ id }) => id));
  const quarantined = new Set(
    ledger.quarantine.map((entry) => `${entry.topic} ${placeKey(entry)}`),
  );
  const coupons = new Set(ledger.coupons.map(({ id }) => id));
  const isCommitted = ({ entry }: Pick<PlannedInsert, 'entry'>): boolean =>
    BigInt(entry.offset) < (log.committed.get(entry.partition) ?? -1n);
  const isQuarantined = ({ entry }: Pick<PlannedInsert, 'entry'>): boolean =>
    quarantined.has(`${entry.topic} ${placeKey(entry)}`);

  const ours = log.records.readable.filter(({ record }) => coupons.has(record.couponId));
  const readable = ours.filter(isCommitted);
  const unreadable = log.records.quarantined.filter(isCommitted);
  const lost = readable.filter(
    (planned) =>
      !rows.has(planned.record.id) && !isLateIn(facts, planned) && !isQuarantined(planned),
  );
  return {
    name: 'I9',
    sentence:
      'Every committed record is a row, late, or in quarantine; every row stems from a record that is not late.',
    checked: readable.length + unreadable.length,
    violations: [
      ...lost.map(({ entry, record }) => `record ${record.id} at ${placeKey(entry)} is lost`),
      ...unreadable
        .filter((planned) => !isQuarantined(planned))
        .map(({ entry }) => `the malformed record at ${placeKey(entry)} is not in quarantine`),
      ...rowsWithoutRecord(facts, ours),
    ],
  };
};

function isLateIn({ ledger }: Facts, { entry, record }: PlannedInsert): boolean {
  return isLate(entry, record.epoch, ledger.fences.get(record.couponId) ?? []);
}

function rowsWithoutRecord(facts: Facts, records: readonly PlannedInsert[]): string[] {
  // What retention has removed cannot be asked for.
  if ([...facts.log.starts.values()].some((start) => start > 0n)) return [];
  const sources = new Set(
    records
      .filter((planned) => !isLateIn(facts, planned))
      .map(({ record }) => `${record.id} ${record.epoch}`),
  );
  return facts.ledger.rows
    .filter(({ id, epoch }) => !sources.has(`${id} ${epoch}`))
    .map(({ id }) => `row ${id} stems from no record that could be stored`);
}
