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
  /** Larger bodies are refused; 64 KB unless it says otherwise. */
  readonly maxBodyBytes?: number;
  /** Not counted in a user's limit: every shopper of an event polls it, and a cache answers. */
  readonly uncounted?: true;
}

const USE = 'coupons:use';
const CHECKOUT = 'coupons:checkout';
const MANAGE = 'coupons:manage';
const ANY_SCOPE: readonly Scope[] = [USE, CHECKOUT, MANAGE];

/** For lists of users. */
const LARGE_BODY_BYTES = 512 * 1024;

/** Calls about coupons, all but the claim itself for operators or for everybody. */
const ofCoupons = {
  createCoupon: { method: 'POST', path: '/v1/coupons', function: 'manage', scopes: [MANAGE] },
  listCoupons: {
    method: 'GET',
    path: '/v1/coupons',
    function: 'manage',
    scopes: ANY_SCOPE,
    uncounted: true,
  },
  getCoupon: {
    method: 'GET',
    path: '/v1/coupons/{couponId}',
    function: 'manage',
    scopes: ANY_SCOPE,
    uncounted: true,
  },
  changeCoupon: {
    method: 'PATCH',
    path: '/v1/coupons/{couponId}',
    function: 'manage',
    scopes: [MANAGE],
  },
  pauseCoupon: {
    method: 'POST',
    path: '/v1/coupons/{couponId}/pause',
    function: 'manage',
    scopes: [MANAGE],
  },
  resumeCoupon: {
    method: 'POST',
    path: '/v1/coupons/{couponId}/resume',
    function: 'manage',
    scopes: [MANAGE],
  },
  closeCoupon: {
    method: 'POST',
    path: '/v1/coupons/{couponId}/close',
    function: 'manage',
    scopes: [MANAGE],
  },
  issueCoupon: {
    method: 'POST',
    path: '/v1/coupons/{couponId}/issuances',
    function: 'issue',
    scopes: [USE],
  },
  exportIssuances: {
    method: 'GET',
    path: '/v1/coupons/{couponId}/issuances',
    function: 'manage',
    scopes: [MANAGE],
  },
  getCouponStats: {
    method: 'GET',
    path: '/v1/coupons/{couponId}/stats',
    function: 'manage',
    scopes: [MANAGE],
  },
  createGrant: {
    method: 'POST',
    path: '/v1/coupons/{couponId}/grants',
    function: 'manage',
    scopes: [MANAGE],
    maxBodyBytes: LARGE_BODY_BYTES,
  },
  getGrant: { method: 'GET', path: '/v1/grants/{grantId}', function: 'manage', scopes: [MANAGE] },
} as const satisfies Record<string, Route>;

/** Calls about issuances and what becomes of them. */
const ofIssuances = {
  listIssuances: {
    method: 'GET',
    path: '/v1/issuances',
    function: 'redeem',
    scopes: [USE, MANAGE],
  },
  getIssuance: {
    method: 'GET',
    path: '/v1/issuances/{issuanceId}',
    function: 'redeem',
    scopes: ANY_SCOPE,
  },
  quoteIssuance: {
    method: 'POST',
    path: '/v1/issuances/{issuanceId}/quotes',
    function: 'redeem',
    scopes: [USE, CHECKOUT],
  },
  holdIssuance: {
    method: 'POST',
    path: '/v1/issuances/{issuanceId}/holds',
    function: 'redeem',
    scopes: [CHECKOUT],
  },
  releaseHold: {
    method: 'DELETE',
    path: '/v1/issuances/{issuanceId}/holds/{orderId}',
    function: 'redeem',
    scopes: [CHECKOUT],
  },
  redeemIssuance: {
    method: 'POST',
    path: '/v1/issuances/{issuanceId}/redemptions',
    function: 'redeem',
    scopes: [CHECKOUT, USE],
  },
  redeemCode: {
    method: 'POST',
    path: '/v1/redemptions',
    function: 'redeem',
    scopes: [CHECKOUT, USE],
  },
  rollBackRedemption: {
    method: 'POST',
    path: '/v1/redemptions/{redemptionId}/rollback',
    function: 'redeem',
    scopes: [CHECKOUT, MANAGE],
  },
  revokeIssuance: {
    method: 'POST',
    path: '/v1/issuances/{issuanceId}/revoke',
    function: 'redeem',
    scopes: [MANAGE],
  },
} as const satisfies Record<string, Route>;

/** Calls about everything together, for operators. */
const ofOperations = {
  listAudit: { method: 'GET', path: '/v1/audit', function: 'manage', scopes: [MANAGE] },
  listQuarantine: { method: 'GET', path: '/v1/quarantine', function: 'manage', scopes: [MANAGE] },
  discardQuarantined: {
    method: 'POST',
    path: '/v1/quarantine/{quarantineId}/discard',
    function: 'manage',
    scopes: [MANAGE],
  },
  listNotifications: {
    method: 'GET',
    path: '/v1/notifications',
    function: 'manage',
    scopes: [MANAGE],
  },
  replayNotification: {
    method: 'POST',
    path: '/v1/notifications/{notificationId}/replay',
    function: 'manage',
    scopes: [MANAGE],
  },
  discardNotification: {
    method: 'POST',
    path: '/v1/notifications/{notificationId}/discard',
    function: 'manage',
    scopes: [MANAGE],
  },
  eraseUser: {
    method: 'DELETE',
    path: '/v1/users/{userId}',
    function: 'manage',
    scopes: [MANAGE],
  },
} as const satisfies Record<string, Route>;

/** What anybody may read. */
const ofTheService = {
  getHealth: { method: 'GET', path: '/health', function: 'manage', scopes: [] },
  getOpenApi: { method: 'GET', path: '/openapi.json', function: 'manage', scopes: [] },
  getDocs: { method: 'GET', path: '/docs', function: 'manage', scopes: [] },
  getDocsAsset: { method: 'GET', path: '/docs/{asset}', function: 'manage', scopes: [] },
  getProblem: { method: 'GET', path: '/problems/{code}', function: 'manage', scopes: [] },
} as const satisfies Record<string, Route>;

export const routes = { ...ofCoupons, ...ofIssuances, ...ofOperations, ...ofTheService } as const;

export type RouteName = keyof typeof routes;

/** A route that asks for no token. */
export type PublicRouteName = {
  [Name in RouteName]: (typeof routes)[Name]['scopes'] extends readonly [] ? Name : never;
}[RouteName];

export type TokenRouteName = Exclude<RouteName, PublicRouteName>;

export function isPublic(name: RouteName): name is PublicRouteName {
  const { scopes }: Route = routes[name];
  return scopes.length === 0;
}

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
