import type { RouteName } from '../../routes.ts';
import { couponOperations } from './coupons.ts';
import { issuanceOperations } from './issuances.ts';
import type { Operation } from './operation.ts';
import { redemptionOperations } from './redemptions.ts';
import { serviceOperations } from './service.ts';

/** Routes whose operation is still to be written. */
export const PENDING_ROUTES = [
  'changeCoupon',
  'exportIssuances',
  'getCouponStats',
  'createGrant',
  'getGrant',
  'listAudit',
  'listQuarantine',
  'discardQuarantined',
  'eraseUser',
] as const satisfies readonly RouteName[];

/** What the API's document says, by route. */
export const operations: Readonly<
  Record<Exclude<RouteName, (typeof PENDING_ROUTES)[number]>, Operation>
> = {
  ...couponOperations,
  ...issuanceOperations,
  ...redemptionOperations,
  ...serviceOperations,
};
