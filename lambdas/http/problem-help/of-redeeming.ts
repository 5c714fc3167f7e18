import type { ProblemHelp } from './help.ts';

/** Issuances that can't be used. */
export const helpOfRedeeming = {
  self_redeem_not_allowed: {
    meaning: {
      en: 'A shopper’s own token may redeem only a coupon with `selfRedeem`, which this one is not.',
      ko: '구매자 자신의 토큰으로는 `selfRedeem` 쿠폰만 사용 처리할 수 있는데, 이 쿠폰은 그렇지 않습니다.',
    },
    remedy: {
      en: 'Let the shop’s order service redeem it, with a token that has `coupons:checkout`.',
      ko: '`coupons:checkout` 권한이 있는 상점 주문 서비스의 토큰으로 처리하세요.',
    },
  },
  issuance_not_found: {
    meaning: {
      en: 'No issuance has this id or code, or it is another user’s and this token may not see it.',
      ko: '이 ID나 코드의 발급 내역이 없거나, 이 토큰으로 볼 수 없는 다른 사용자의 것입니다.',
    },
    remedy: {
      en: 'Take the id from the reply to the claim, or from `GET /v1/issuances`.',
      ko: '발급 요청의 응답이나 `GET /v1/issuances`에서 ID를 확인하세요.',
    },
  },
  redemption_not_found: {
    meaning: {
      en: 'No redemption has this id.',
      ko: '이 ID의 사용 내역이 없습니다.',
    },
    remedy: {
      en: 'Take the id from the reply to the redemption. The same order again gets the same redemption as its answer.',
      ko: '사용 처리의 응답에서 ID를 확인하세요. 같은 주문으로 다시 요청하면 같은 사용 내역이 응답됩니다.',
    },
  },
  hold_not_found: {
    meaning: {
      en: 'The issuance is not held for this order: it never was, the hold has run out, or it has become a redemption.',
      ko: '이 주문을 위한 보류가 없습니다. 보류한 적이 없거나, 시간이 지났거나, 이미 사용 처리되었습니다.',
    },
    remedy: {
      en: 'Read the issuance. If it is `issued` there is nothing to release.',
      ko: '발급 내역을 조회하세요. `issued` 상태라면 해제할 것이 없습니다.',
    },
  },
  already_redeemed: {
    meaning: {
      en: 'Another order has redeemed the issuance. It is used once.',
      ko: '다른 주문에서 이미 사용된 쿠폰입니다. 쿠폰은 한 번만 사용할 수 있습니다.',
    },
    remedy: {
      en: 'Charge the order without the coupon. If the other order is cancelled, roll its redemption back first.',
      ko: '쿠폰 없이 결제하세요. 다른 주문이 취소되었다면 먼저 그 사용을 취소(rollback)하세요.',
    },
  },
  issuance_held: {
    meaning: {
      en: 'The issuance is reserved for another order, which is being paid.',
      ko: '결제 중인 다른 주문을 위해 보류된 쿠폰입니다.',
    },
    remedy: {
      en: 'Ask again in some minutes: the hold ends by itself, if the other order does not release or redeem it.',
      ko: '몇 분 뒤 다시 시도하세요. 다른 주문이 해제하거나 사용하지 않으면 보류는 저절로 끝납니다.',
    },
  },
  issuance_expired: {
    meaning: {
      en: 'The time in which the issuance may be used is over.',
      ko: '쿠폰을 사용할 수 있는 기간이 지났습니다.',
    },
    remedy: {
      en: 'Charge the order without the coupon. `validUntil` of the issuance says when its time was over.',
      ko: '쿠폰 없이 결제하세요. 기간이 끝난 시각은 발급 내역의 `validUntil`에 있습니다.',
    },
  },
  issuance_revoked: {
    meaning: {
      en: 'The operator has taken the issuance back.',
      ko: '운영자가 회수한 쿠폰입니다.',
    },
    remedy: {
      en: 'Charge the order without the coupon. The operator can tell why; a revoked issuance does not come back.',
      ko: '쿠폰 없이 결제하세요. 회수된 쿠폰은 되살릴 수 없으며 사유는 운영자에게 문의하세요.',
    },
  },
  issuance_not_ready: {
    meaning: {
      en: 'The issuance is accepted and safe, but not recorded yet. That takes a moment, longer in a spike.',
      ko: '쿠폰 발급이 접수되어 안전하지만 아직 기록되지 않았습니다. 보통 잠깐이면 되고, 요청이 몰릴 때는 더 걸립니다.',
    },
    remedy: {
      en: 'Ask again in a second.',
      ko: '1초 뒤 다시 시도하세요.',
    },
  },
  order_rolled_back: {
    meaning: {
      en: 'This order had redeemed the issuance, and that was rolled back. An order redeems once.',
      ko: '이 주문의 쿠폰 사용은 취소(rollback)되었습니다. 한 주문은 한 번만 사용할 수 있습니다.',
    },
    remedy: {
      en: 'Redeem with the id of a new order.',
      ko: '새 주문 ID로 사용하세요.',
    },
  },
  conditions_not_met: {
    meaning: {
      en: 'The order does not meet the conditions of the coupon. `failures` names each that does not hold.',
      ko: '주문이 쿠폰 사용 조건에 맞지 않습니다. 맞지 않는 조건은 모두 `failures`에 있습니다.',
    },
    remedy: {
      en: 'Show the failures to the shopper. `POST /v1/issuances/{id}/quotes` tells beforehand, and changes nothing.',
      ko: '맞지 않는 조건을 사용자에게 보여 주세요. `POST /v1/issuances/{id}/quotes`로 변경 없이 미리 확인할 수 있습니다.',
    },
  },
} as const satisfies Record<string, ProblemHelp>;
