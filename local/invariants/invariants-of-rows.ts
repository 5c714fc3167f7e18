import type { Invariant } from './report.ts';

/** I1. The counter is part of it: the database's own CHECK stands on the counter, not on the rows. */
export const neverMoreThanTheQuantity: Invariant = ({ ledger }) => {
  const rowsOf = Map.groupBy(ledger.rows, ({ couponId }) => couponId);
  const violations: string[] = [];
  for (const { id, quantity, issued } of ledger.coupons) {
    const rows = rowsOf.get(id)?.length ?? 0;
    if (rows > quantity)
      violations.push(`coupon ${id} has ${rows} rows, its quantity is ${quantity}`);
    if (rows !== issued) violations.push(`coupon ${id} has ${rows} rows, but counts ${issued}`);
  }
  return {
    name: 'I1',
    sentence: 'The rows of a coupon are at most its quantity, and as many as its counter says.',
    checked: ledger.coupons.length,
    violations,
  };
};

/** I2. By key and by name: two keys of one user would be two users to the database. */
export const everyoneGetsTheirShare: Invariant = ({ ledger, replies }) => {
  const limits = new Map(ledger.coupons.map(({ id, perUserLimit }) => [id, perUserLimit]));
  const held = new Map<string, { couponId: string; ids: Set<string> }>();
  const add = (holder: string, couponId: string, id: string): void => {
    const key = `${couponId} ${holder}`;
    const entry = held.get(key) ?? { couponId, ids: new Set() };
    entry.ids.add(id);
    held.set(key, entry);
  };
  for (const { id, couponId, userKey, userId } of ledger.rows) {
    add(`user key ${userKey}`, couponId, id);
    if (userId !== null) add(`user ${userId}`, couponId, id);
  }
  for (const { couponId, userId, issuance } of replies) {
    if (issuance !== undefined) add(`user ${userId}`, couponId, issuance.id);
  }
  const violations = [...held].flatMap(([key, { couponId, ids }]) => {
    const limit = limits.get(couponId) ?? 0;
    return ids.size > limit
      ? [`coupon ${key} has ${ids.size} issuances, the limit is ${limit}`]
      : [];
  });
  return {
    name: 'I2',
    sentence: 'A user has at most perUserLimit issuances of a coupon.',
    checked: held.size,
    violations,
  };
};
