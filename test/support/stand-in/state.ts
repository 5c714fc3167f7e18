/** What the stand-in knows; ids are counted, so that they are the same in every run. */
export interface StandInState {
  readonly coupons: Map<string, StandInCoupon>;
  readonly issuances: Map<string, StandInIssuance>;
  /** By coupon and user: a list of thousands is granted in a moment. */
  readonly claims: Map<string, StandInIssuance>;
  readonly issued: Map<string, number>;
  readonly grants: Map<string, StandInGrant>;
  readonly quarantine: StandInQuarantined[];
  readonly audit: Record<string, unknown>[];
  /** Claims that were refused, by the code. */
  readonly rejections: Map<string, number>;
}

export interface StandInCoupon {
  readonly id: string;
  readonly definition: Readonly<Record<string, unknown>>;
  control: 'active' | 'paused' | 'closed';
}

export interface StandInIssuance {
  readonly id: string;
  readonly couponId: string;
  userId: string | null;
  readonly sequence: number;
  readonly acceptedAt: string;
  state: 'issued' | 'redeemed' | 'revoked';
}

export interface StandInGrant {
  readonly id: string;
  readonly couponId: string;
  readonly total: number;
  readonly accepted: number;
  readonly alreadyHad: number;
  readonly refused: Readonly<Record<string, number>>;
  /** How often it is still to be answered as pending. */
  looksLeft: number;
}

export interface StandInQuarantined {
  readonly id: string;
  readonly reason: string;
  discardedAt: string | null;
}

export function emptyState(): StandInState {
  return {
    coupons: new Map(),
    issuances: new Map(),
    claims: new Map(),
    issued: new Map(),
    grants: new Map(),
    quarantine: [],
    audit: [],
    rejections: new Map(),
  };
}

/** An id of the API's shape. */
export function countedId(prefix: string, count: number, length: number): string {
  return prefix + String(count).padStart(length - prefix.length, '0');
}

/** Part of a list, and where the next one begins. */
export function pageOf(
  all: readonly unknown[],
  query: URLSearchParams,
  defaultLimit = 20,
): { readonly items: readonly unknown[]; readonly nextCursor: string | null } {
  const limit = Number(query.get('limit') ?? defaultLimit);
  const from = Number(query.get('cursor') ?? 0);
  const items = all.slice(from, from + limit);
  return { items, nextCursor: from + limit < all.length ? String(from + limit) : null };
}
