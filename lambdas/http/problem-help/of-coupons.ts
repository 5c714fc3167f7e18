import type { ProblemHelp } from './help.ts';

/** Coupons that can't be given, or not be changed. */
export const helpOfCoupons = {
  coupon_not_found: {
    meaning: {
      en: 'No coupon has this id.',
      ko: '이 ID의 쿠폰이 없습니다.',
    },
    remedy: {
      en: 'Take the id from `GET /v1/coupons`; it is 12 characters of a–z and 0–9.',
      ko: '`GET /v1/coupons`에서 ID를 확인하세요. a–z와 0–9로 된 12자입니다.',
    },
  },
  grant_not_found: {
    meaning: {
      en: 'No grant has this id.',
      ko: '이 ID의 일괄 지급이 없습니다.',
    },
    remedy: {
      en: 'Take the id from the reply that accepted the grant.',
      ko: '일괄 지급을 접수한 응답에서 ID를 확인하세요.',
    },
  },
  notification_not_found: {
    meaning: {
      en: 'No notification has this id.',
      ko: '이 ID의 알림이 없습니다.',
    },
    remedy: {
      en: 'Take the id from `GET /v1/notifications`; it is a number.',
      ko: '`GET /v1/notifications`에서 ID를 확인하세요. 숫자로 되어 있습니다.',
    },
  },
  sold_out: {
    meaning: {
      en: 'As many issuances were given as the coupon has. Who has one already still gets it as the answer.',
      ko: '쿠폰 수량이 모두 발급되었습니다. 이미 받은 사용자에게는 계속 그 쿠폰이 응답됩니다.',
    },
    remedy: {
      en: 'Tell the shopper that all are gone. The operator can raise the quantity.',
      ko: '모두 소진되었다고 안내하세요. 운영자는 수량을 늘릴 수 있습니다.',
    },
  },
  issue_not_started: {
    meaning: {
      en: 'The time of `issueStartsAt` has not come yet, by the clock of the service.',
      ko: '서비스 시계 기준으로 아직 `issueStartsAt` 시각이 되지 않았습니다.',
    },
    remedy: {
      en: 'Ask again when it has come. `serverTime` of the coupon tells how far the shopper’s clock is off.',
      ko: '시작 시각이 되면 다시 시도하세요. 쿠폰의 `serverTime`으로 사용자 시계와의 차이를 알 수 있습니다.',
    },
  },
  issue_ended: {
    meaning: {
      en: 'The time of `issueEndsAt` is over, by the clock of the service.',
      ko: '서비스 시계 기준으로 `issueEndsAt` 시각이 지났습니다.',
    },
    remedy: {
      en: 'Asking again does not help, unless the operator moves the end.',
      ko: '운영자가 종료 시각을 늦추지 않는 한 다시 시도해도 발급되지 않습니다.',
    },
  },
  coupon_paused: {
    meaning: {
      en: 'The operator has paused the coupon. Who has one already still gets it as the answer.',
      ko: '운영자가 쿠폰 발급을 일시 중지했습니다. 이미 받은 사용자에게는 계속 그 쿠폰이 응답됩니다.',
    },
    remedy: {
      en: 'Ask again later: it may be resumed.',
      ko: '발급이 재개될 수 있으니 나중에 다시 시도하세요.',
    },
  },
  coupon_closed: {
    meaning: {
      en: 'The operator has closed the coupon, which is final.',
      ko: '운영자가 쿠폰을 마감했습니다. 마감은 되돌릴 수 없습니다.',
    },
    remedy: {
      en: 'Asking again does not help.',
      ko: '다시 시도해도 발급되지 않습니다.',
    },
  },
  user_limit_reached: {
    meaning: {
      en: 'The user has as many issuances of this coupon as `perUserLimit` allows, each by a claim with another `Idempotency-Key`.',
      ko: '사용자가 `perUserLimit`만큼의 쿠폰을 각각 다른 `Idempotency-Key`로 이미 받았습니다.',
    },
    remedy: {
      en: 'Show the ones the user has: `GET /v1/issuances?couponId=…`. To get the answer to an earlier claim again, use its key.',
      ko: '`GET /v1/issuances?couponId=…`로 사용자가 가진 쿠폰을 보여 주세요. 이전 요청의 응답을 다시 받으려면 그때의 키를 사용하세요.',
    },
  },
  invalid_transition: {
    meaning: {
      en: 'What was asked for is not possible in the present state: a closed coupon can not be resumed, a redeemed issuance not be revoked.',
      ko: '현재 상태에서는 할 수 없는 작업입니다. 예를 들어 마감된 쿠폰은 재개할 수 없고, 사용된 쿠폰은 회수할 수 없습니다.',
    },
    remedy: {
      en: 'Read the coupon or the issuance again, and decide by its state.',
      ko: '쿠폰이나 발급 내역을 다시 조회하고 그 상태에 따라 결정하세요.',
    },
  },
  quantity_below_issued: {
    meaning: {
      en: 'The quantity can be lowered down to what is given, and this is less.',
      ko: '수량은 이미 발급된 수까지만 줄일 수 있는데, 요청한 수량이 그보다 적습니다.',
    },
    remedy: {
      en: 'Ask for at least as many as are given, or pause or close the coupon to stop it.',
      ko: '이미 발급된 수 이상으로 지정하세요. 발급을 멈추려면 일시 중지하거나 마감하세요.',
    },
  },
} as const satisfies Record<string, ProblemHelp>;
