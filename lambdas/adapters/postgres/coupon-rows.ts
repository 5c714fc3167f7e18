import type { Conditions } from '../../domain/conditions.ts';
import type { Coupon, CouponControl, Validity } from '../../domain/coupon.ts';
import type { Discount } from '../../domain/discount.ts';
import type { CouponNotifications } from '../../domain/notification.ts';
import type { CouponReading } from '../../domain/ports.ts';

export interface CouponRow {
  id: string;
  name: string;
  description: string;
  quantity: number;
  issued: number;
  per_user_limit: number;
  issue_starts_at: Date;
  issue_ends_at: Date;
  valid_days: number | null;
  valid_from: Date | null;
  valid_until: Date | null;
  discount: Discount;
  conditions: Conditions;
  self_redeem: boolean;
  notifications: CouponNotifications | null;
  control: CouponControl;
  version: number;
  epoch: number;
  created_at: Date;
  read_at: Date;
}

export const COUPON_COLUMNS = `id, name, description, quantity, issued, per_user_limit,
  issue_starts_at, issue_ends_at, valid_days, valid_from, valid_until, discount, conditions,
  self_redeem, notifications, control, version, epoch, created_at, clock_timestamp() AS read_at`;

export function toCoupon(row: CouponRow): Coupon {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    quantity: row.quantity,
    issued: row.issued,
    perUserLimit: row.per_user_limit,
    issueStartsAt: row.issue_starts_at.getTime(),
    issueEndsAt: row.issue_ends_at.getTime(),
    validity: toValidity(row),
    discount: row.discount,
    conditions: row.conditions,
    selfRedeem: row.self_redeem,
    ...(row.notifications === null ? {} : { notifications: row.notifications }),
    control: row.control,
    version: row.version,
    epoch: row.epoch,
    createdAt: row.created_at.getTime(),
  };
}

export function toReading(row: CouponRow): CouponReading {
  return { coupon: toCoupon(row), readAt: row.read_at.getTime() };
}

export function toValidity(
  row: Pick<CouponRow, 'valid_days' | 'valid_from' | 'valid_until'>,
): Validity {
  if (row.valid_days !== null) return { days: row.valid_days };
  return { from: row.valid_from?.getTime() ?? 0, until: row.valid_until?.getTime() ?? 0 };
}
