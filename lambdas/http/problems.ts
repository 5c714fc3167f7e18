import type { Text } from './text.ts';

/** Every problem that is answered: its status and its title. The codes are part of the API. */
export const problems = {
  malformed_json: {
    status: 400,
    title: { en: 'The body is not JSON', ko: '본문이 JSON이 아닙니다' },
  },
  invalid_request: {
    status: 400,
    title: { en: 'The request is not valid', ko: '요청이 올바르지 않습니다' },
  },
  invalid_cursor: {
    status: 400,
    title: { en: 'The cursor is not valid', ko: '커서가 올바르지 않습니다' },
  },
  unauthenticated: {
    status: 401,
    title: { en: 'A valid access token is needed', ko: '유효한 액세스 토큰이 필요합니다' },
  },
  insufficient_scope: {
    status: 403,
    title: { en: 'The token lacks the scope for this', ko: '토큰에 필요한 권한이 없습니다' },
  },
  self_redeem_not_allowed: {
    status: 403,
    title: {
      en: 'Only the shop may redeem this coupon',
      ko: '이 쿠폰은 상점에서만 사용 처리할 수 있습니다',
    },
  },
  not_found: { status: 404, title: { en: 'There is nothing here', ko: '찾을 수 없습니다' } },
  coupon_not_found: {
    status: 404,
    title: { en: 'There is no such coupon', ko: '해당 쿠폰이 없습니다' },
  },
  issuance_not_found: {
    status: 404,
    title: { en: 'There is no such issuance', ko: '발급된 쿠폰을 찾을 수 없습니다' },
  },
  redemption_not_found: {
    status: 404,
    title: { en: 'There is no such redemption', ko: '사용 내역을 찾을 수 없습니다' },
  },
  hold_not_found: {
    status: 404,
    title: { en: 'There is no such hold', ko: '해당 주문의 보류가 없습니다' },
  },
  grant_not_found: {
    status: 404,
    title: { en: 'There is no such grant', ko: '해당 일괄 지급이 없습니다' },
  },
  notification_not_found: {
    status: 404,
    title: { en: 'There is no such notification', ko: '해당 알림이 없습니다' },
  },
  method_not_allowed: {
    status: 405,
    title: {
      en: 'This method is not allowed here',
      ko: '이 주소에서 허용되지 않는 메서드입니다',
    },
  },
  sold_out: {
    status: 409,
    title: { en: 'All coupons have been given', ko: '쿠폰이 모두 소진되었습니다' },
  },
  issue_not_started: {
    status: 409,
    title: { en: 'The coupon is not issued yet', ko: '아직 쿠폰 발급 시작 전입니다' },
  },
  issue_ended: {
    status: 409,
    title: { en: 'The coupon is no longer issued', ko: '쿠폰 발급이 종료되었습니다' },
  },
  coupon_paused: {
    status: 409,
    title: { en: 'The coupon is paused', ko: '쿠폰 발급이 일시 중지되었습니다' },
  },
  coupon_closed: {
    status: 409,
    title: { en: 'The coupon is closed', ko: '쿠폰 발급이 마감되었습니다' },
  },
  user_limit_reached: {
    status: 409,
    title: {
      en: 'You have all the coupons one user may have',
      ko: '한 사람이 받을 수 있는 쿠폰을 모두 받았습니다',
    },
  },
  already_redeemed: {
    status: 409,
    title: { en: 'The coupon was already redeemed', ko: '이미 사용된 쿠폰입니다' },
  },
  issuance_held: {
    status: 409,
    title: {
      en: 'The coupon is held by another order',
      ko: '다른 주문에서 결제 중인 쿠폰입니다',
    },
  },
  issuance_expired: {
    status: 409,
    title: { en: 'The coupon has expired', ko: '사용 기간이 지난 쿠폰입니다' },
  },
  issuance_revoked: {
    status: 409,
    title: { en: 'The coupon was revoked', ko: '회수된 쿠폰입니다' },
  },
  issuance_not_ready: {
    status: 409,
    title: {
      en: 'The coupon is accepted, but not issued yet; ask again',
      ko: '쿠폰을 발급하는 중입니다. 잠시 후 다시 시도하세요',
    },
  },
  order_rolled_back: {
    status: 409,
    title: {
      en: 'The redemption of this order was rolled back',
      ko: '이 주문의 쿠폰 사용은 취소되었습니다',
    },
  },
  invalid_transition: {
    status: 409,
    title: {
      en: 'The state does not allow this',
      ko: '현재 상태에서는 할 수 없는 작업입니다',
    },
  },
  quantity_below_issued: {
    status: 409,
    title: {
      en: 'The quantity would be less than what is given',
      ko: '수량이 이미 발급된 수보다 적습니다',
    },
  },
  payload_too_large: {
    status: 413,
    title: { en: 'The body is too large', ko: '본문이 너무 큽니다' },
  },
  unsupported_media_type: {
    status: 415,
    title: {
      en: 'The body must be application/json',
      ko: '본문은 application/json이어야 합니다',
    },
  },
  conditions_not_met: {
    status: 422,
    title: {
      en: 'The order does not meet the conditions of the coupon',
      ko: '주문이 쿠폰 사용 조건에 맞지 않습니다',
    },
  },
  idempotency_key_reused: {
    status: 422,
    title: {
      en: 'The Idempotency-Key was used for another request',
      ko: '다른 요청에 이미 사용된 Idempotency-Key입니다',
    },
  },
  too_many_requests: {
    status: 429,
    title: {
      en: 'Too many requests; ask again later',
      ko: '요청이 너무 많습니다. 잠시 후 다시 시도하세요',
    },
  },
  gate_closed: {
    status: 503,
    title: {
      en: 'The gate is being prepared; ask again',
      ko: '발급을 준비하고 있습니다. 다시 시도하세요',
    },
  },
  outcome_unknown: {
    status: 503,
    title: {
      en: 'The outcome is not known; ask again',
      ko: '결과를 확인하지 못했습니다. 다시 시도하세요',
    },
  },
  unavailable: {
    status: 503,
    title: { en: 'A server is away; ask again', ko: '서버에 연결할 수 없습니다. 다시 시도하세요' },
  },
} as const satisfies Record<string, { readonly status: number; readonly title: Text }>;

export type ProblemCode = keyof typeof problems;

/** One thing that is wrong with a body or a query. */
export interface InvalidPart {
  /** A JSON pointer into the body, or `?name` for a query parameter. */
  readonly pointer: string;
  readonly detail: Text;
}

/** One condition of use that does not hold. */
export interface FailedCondition {
  readonly code: string;
  readonly detail: Text;
}
