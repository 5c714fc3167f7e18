import { routes, type Route } from '../../lambdas/routes.ts';

export const METHODS = [
  'GET',
  'POST',
  'PATCH',
  'DELETE',
  'PUT',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'post',
];

/** Segments that are ids, or are not. */
const VALUES = ['abcdefghijkl', 'a/b', 'issuances', '%2F', 'x y', '', '*', '한국', 'issuances/'];

export const WRONG = [
  '/',
  '//',
  '/v1',
  '/v1/',
  '/V1/issuances',
  '/v1/Issuances',
  '/v1/issuance',
  '/v1/issuancesx',
  '/v1/coupons//issuances',
  '/v1/coupons/issuances',
  '/v1/coupons/a/issuances/',
  '/v1/coupons/a/b/issuances',
  '/v1/coupons/a/issuancesx',
  '/x/v1/issuances',
  '/v1/redemptionsx',
  '/v1/redemptions/',
  '/v1/redemptions//rollback',
  '/%76%31/issuances',
  '/v1/coupons/a/issuances/b',
  '/v1/coupons/../issuances',
];

/** Of a route, with ids that there are not. */
export function pathsOf({ path }: Route): string[] {
  return VALUES.map((value) => path.replaceAll(/\{[^}]+\}/g, value));
}

/** Those of the API, and such as nobody should send. */
export const PATHS: readonly string[] = [
  ...new Set([...Object.values<Route>(routes).flatMap(pathsOf), ...WRONG]),
];
