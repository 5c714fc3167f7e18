import type { LedgerReader } from '../ledger-reader.ts';
import type { CouponModel, IssuanceModel } from './coupon-model.ts';

interface StoredCoupon {
  readonly quantity: number;
  readonly issued: number;
  readonly control: CouponModel['control'];
}

interface StoredIssuance {
  readonly user: string;
  readonly state: IssuanceModel['state'];
  readonly holder: string | null;
  readonly redeemer: string | null;
  readonly rolledBack: readonly string[];
}

const ISSUANCES = `
  SELECT split_part(user_id, '-', 1) AS "user", state, hold_order AS holder,
    (SELECT order_id FROM redemptions WHERE issuance_id = issuances.id AND live) AS redeemer,
    ARRAY(SELECT order_id FROM redemptions JOIN redemption_rollbacks ON redemption_id = redemptions.id
          WHERE issuance_id = issuances.id ORDER BY order_id) AS "rolledBack"
  FROM issuances WHERE coupon_id = $1 ORDER BY user_id`;

/** The coupon as PostgreSQL has it, in the words of the model. */
export async function storedModel(ledger: LedgerReader, couponId: string): Promise<CouponModel> {
  const [coupon] = await ledger.select<StoredCoupon>(
    'SELECT quantity, issued, control FROM coupons WHERE id = $1',
    [couponId],
  );
  if (coupon === undefined) throw new Error(`there is no coupon ${couponId}`);
  const rows = await ledger.select<StoredIssuance>(ISSUANCES, [couponId]);
  if (rows.length !== coupon.issued) {
    throw new Error(`coupon ${couponId} counts ${coupon.issued}, but has ${rows.length} rows`);
  }
  const issuances = rows.map(({ user, state, holder, redeemer, rolledBack }) => [
    user,
    { state, order: holder ?? redeemer, rolledBack },
  ]);
  const { control, quantity } = coupon;
  return {
    control,
    quantity,
    issuances: Object.fromEntries(issuances) as CouponModel['issuances'],
  };
}
