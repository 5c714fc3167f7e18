import type { CouponTerms } from '../../domain/coupon.ts';
import type { CouponChanges, CouponReading, RaiseVersion } from '../../domain/ports.ts';
import { appendAudit } from './audit.ts';
import type { CouponRow } from './coupon-rows.ts';
import { COUPON_COLUMNS, toCoupon, toReading } from './coupon-rows.ts';
import type { Database, Queryable } from './database.ts';

/** Changes of coupons, each under the lock of its row. */
export function postgresCouponChanges(database: Database): CouponChanges {
  return {
    changeCoupon: (couponId, decide) =>
      database.transaction(async (client) => {
        const reading = await lockCoupon(client, couponId);
        if (reading === undefined) return undefined;
        const decision = await decide(reading);
        if (decision.kind === 'refuse') return { kind: 'refused', refusal: decision.refusal };
        if (decision.kind === 'keep') return { kind: 'stands', reading };
        const written = await writeTerms(client, couponId, decision.terms);
        await appendAudit(client, decision.audit);
        return { kind: 'stands', reading: written };
      }),

    raiseVersion: raiseVersion(database),
  };
}

/** NO KEY: inserts of rows that refer to the coupon need not wait. */
export async function lockCoupon(
  client: Queryable,
  couponId: string,
): Promise<CouponReading | undefined> {
  const { rows } = await client.query<CouponRow>(
    `SELECT ${COUPON_COLUMNS} FROM coupons WHERE id = $1 FOR NO KEY UPDATE`,
    [couponId],
  );
  return rows[0] && toReading(rows[0]);
}

async function writeTerms(
  client: Queryable,
  couponId: string,
  { name, description, quantity, issueEndsAt, control, notifications }: CouponTerms,
): Promise<CouponReading> {
  const { rows } = await client.query<CouponRow>(
    `UPDATE coupons SET name = $2, description = $3, quantity = $4, issue_ends_at = $5,
       control = $6, notifications = $7, version = version + 1
     WHERE id = $1 RETURNING ${COUPON_COLUMNS}`,
    [
      couponId,
      name,
      description,
      quantity,
      new Date(issueEndsAt),
      control,
      notifications === undefined ? null : JSON.stringify(notifications),
    ],
  );
  return toReading(rowOf(rows, couponId));
}

/** One statement, which waits for the row's lock: nobody changes the coupon in between. */
export function raiseVersion(client: Queryable): RaiseVersion {
  return async (couponId, { version, restricted }) => {
    const { rows } = await client.query<CouponRow>(
      `UPDATE coupons SET version = CASE
         WHEN version > $2 OR (version = $2 AND NOT $3) THEN version
         ELSE $2 + 1 END
       WHERE id = $1 RETURNING ${COUPON_COLUMNS}`,
      [couponId, version, restricted],
    );
    return toCoupon(rowOf(rows, couponId));
  };
}

function rowOf(rows: readonly CouponRow[], couponId: string): CouponRow {
  const [row] = rows;
  if (row === undefined) throw new Error(`coupon ${couponId} is gone`);
  return row;
}
