/** Every problem that is answered: its status and its words. The codes are part of the API. */
export const problems = {
  malformed_json: { status: 400, title: 'The body is not JSON' },
  invalid_request: { status: 400, title: 'The request is not valid' },
  invalid_cursor: { status: 400, title: 'The cursor is not valid' },
  unauthenticated: { status: 401, title: 'A valid access token is needed' },
  insufficient_scope: { status: 403, title: 'The token lacks the scope for this' },
  not_found: { status: 404, title: 'There is nothing here' },
  coupon_not_found: { status: 404, title: 'There is no such coupon' },
  issuance_not_found: { status: 404, title: 'There is no such issuance' },
  method_not_allowed: { status: 405, title: 'This method is not allowed here' },
  sold_out: { status: 409, title: 'All coupons have been given' },
  issue_not_started: { status: 409, title: 'The coupon is not issued yet' },
  issue_ended: { status: 409, title: 'The coupon is no longer issued' },
  coupon_paused: { status: 409, title: 'The coupon is paused' },
  coupon_closed: { status: 409, title: 'The coupon is closed' },
  user_limit_reached: { status: 409, title: 'You have all the coupons one user may have' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  gate_closed: { status: 503, title: 'The gate is being prepared; ask again' },
  outcome_unknown: { status: 503, title: 'The outcome is not known; ask again' },
  unavailable: { status: 503, title: 'A server is away; ask again' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof problems;

/** One thing that is wrong with a body or a query. */
export interface InvalidPart {
  /** A JSON pointer into the body, or `?name` for a query parameter. */
  readonly pointer: string;
  readonly detail: string;
}
