import type { RouteName } from '../../routes.ts';
import { couponOperations } from './coupons.ts';
import { grantOperations } from './grants.ts';
import { issuanceOperations } from './issuances.ts';
import { notificationOperations } from './notifications.ts';
import type { Operation } from './operation.ts';
import { operatorOperations } from './operators.ts';
import { redemptionOperations } from './redemptions.ts';
import { serviceOperations } from './service.ts';

/** What the API's document says, by route. */
export const operations: Readonly<Record<RouteName, Operation>> = {
  ...couponOperations,
  ...grantOperations,
  ...issuanceOperations,
  ...notificationOperations,
  ...operatorOperations,
  ...redemptionOperations,
  ...serviceOperations,
};
