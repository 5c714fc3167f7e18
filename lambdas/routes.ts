/**
 * The one table of HTTP routes. The ALB's rules, the local front and every function's own
 * routing are derived from it, so that they cannot disagree.
 */

/** The functions that answer HTTP calls; each has a target group of its own. */
export type HttpFunction = 'issue' | 'redeem' | 'manage';

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** `coupons:use` a shopper · `coupons:checkout` the shop's order service · `coupons:manage` an operator. */
export type Scope = 'coupons:use' | 'coupons:checkout' | 'coupons:manage';

export interface Route {
  readonly method: HttpMethod;
  /** Path with `{name}` for one segment. */
  readonly path: string;
  readonly function: HttpFunction;
  /** A token with any one of these may call; `[]` means no token is asked for. */
  readonly scopes: readonly Scope[];
}

const ANY_SCOPE: readonly Scope[] = ['coupons:use', 'coupons:checkout', 'coupons:manage'];

export const routes = {
  createCoupon: {
    method: 'POST',
    path: '/v1/coupons',
    function: 'manage',
    scopes: ['coupons:manage'],
  },
  listCoupons: { method: 'GET', path: '/v1/coupons', function: 'manage', scopes: ANY_SCOPE },
  getCoupon: {
    method: 'GET',
    path: '/v1/coupons/{couponId}',
    function: 'manage',
    scopes: ANY_SCOPE,
  },
  issueCoupon: {
    method: 'POST',
    path: '/v1/coupons/{couponId}/issuances',
    function: 'issue',
    scopes: ['coupons:use'],
  },
  getIssuance: {
    method: 'GET',
    path: '/v1/issuances/{issuanceId}',
    function: 'redeem',
    scopes: ANY_SCOPE,
  },
  getHealth: { method: 'GET', path: '/health', function: 'manage', scopes: [] },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;

/** One ALB listener rule: all given conditions must hold. `*` matches any characters, `/` too. */
export interface TargetGroupRule {
  readonly function: HttpFunction;
  readonly methods?: readonly HttpMethod[];
  readonly pathPatterns: readonly string[];
}

/**
 * The listener's rules in order of priority; a request that matches none goes to
 * {@link DEFAULT_TARGET_GROUP}. A rule may match more than the routes above: the function then
 * answers 404 or 405 itself. At most five values a rule (the ALB's limit on conditions).
 */
export const targetGroupRules: readonly TargetGroupRule[] = [
  { function: 'issue', methods: ['POST'], pathPatterns: ['/v1/coupons/*/issuances'] },
  {
    function: 'redeem',
    pathPatterns: ['/v1/issuances', '/v1/issuances/*', '/v1/redemptions', '/v1/redemptions/*'],
  },
];

export const DEFAULT_TARGET_GROUP: HttpFunction = 'manage';
