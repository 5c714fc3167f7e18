import type { Coupon, CouponDefinition, CouponState } from '../../domain/coupon.ts';
import type { CouponLedger, CouponReading } from '../../domain/ports.ts';
import { appendAudit } from './audit.ts';
import type { CouponRow } from './coupon-rows.ts';
import { COUPON_COLUMNS, toCoupon, toReading } from './coupon-rows.ts';
import type { Database, Queryable } from './database.ts';

/** The coupons as rows, for management. */
export function postgresCouponLedger(database: Database): CouponLedger {
  return {
    createCoupon: (id, definition, actor) =>
      database.transaction(async (client) => {
        const { rows } = await client.query<CouponRow>(INSERT, [
          id,
          ...definitionValues(definition),
          actor.id,
        ]);
        const [row] = rows;
        if (row === undefined) return existing(client, id);
        await appendAudit(client, { actor, action: 'coupon.created', couponId: id });
        return toCoupon(row);
      }),

    findCoupon: (id) => findCoupon(database, id),

    async listCoupons({ state, limit, after }) {
      const { rows } = await database.query<CouponRow>(list(state), [
        limit,
        after === undefined ? null : new Date(after.createdAt),
        after?.id ?? null,
      ]);
      return rows.map(toReading);
    },
  };
}

async function existing(client: Queryable, id: string): Promise<Coupon> {
  const reading = await findCoupon(client, id);
  if (reading === undefined) throw new Error(`coupon ${id} is neither new nor there`);
  return reading.coupon;
}

export async function findCoupon(
  client: Queryable,
  id: string,
): Promise<CouponReading | undefined> {
  const { rows } = await client.query<CouponRow>(
    `SELECT ${COUPON_COLUMNS} FROM coupons WHERE id = $1`,
    [id],
  );
  return rows[0] && toReading(rows[0]);
}

// Times are kept in milliseconds: a cursor and an API answer name the row's time exactly.
const INSERT = `
  INSERT INTO coupons (id, name, description, quantity, per_user_limit, issue_starts_at,
    issue_ends_at, valid_days, valid_from, valid_until, discount, conditions, self_redeem,
    notifications, created_at, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
    $14, date_trunc('milliseconds', now()), $15)
  ON CONFLICT (id) DO NOTHING
  RETURNING ${COUPON_COLUMNS}`;

function definitionValues(definition: CouponDefinition): unknown[] {
  const { validity } = definition;
  const period = 'days' in validity ? undefined : validity;
  return [
    definition.name,
    definition.description,
    definition.quantity,
    definition.perUserLimit,
    new Date(definition.issueStartsAt),
    new Date(definition.issueEndsAt),
    'days' in validity ? validity.days : null,
    period === undefined ? null : new Date(period.from),
    period === undefined ? null : new Date(period.until),
    JSON.stringify(definition.discount),
    JSON.stringify(definition.conditions),
    definition.selfRedeem,
    definition.notifications === undefined ? null : JSON.stringify(definition.notifications),
  ];
}

/** `couponState` of the domain, as conditions on rows. */
const IN_STATE: Record<CouponState, string> = {
  closed: `control = 'closed'`,
  ended: `control <> 'closed' AND issue_ends_at <= now()`,
  paused: `control = 'paused' AND issue_ends_at > now()`,
  scheduled: `control = 'active' AND issue_starts_at > now()`,
  open: `control = 'active' AND issue_starts_at <= now() AND issue_ends_at > now()`,
};

function list(state: CouponState | undefined): string {
  return `SELECT ${COUPON_COLUMNS} FROM coupons
    WHERE ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::text))
    ${state === undefined ? '' : `AND ${IN_STATE[state]}`}
    ORDER BY created_at DESC, id DESC LIMIT $1`;
}
