import type { NotificationEvent, NotificationTemplate } from '../notification.ts';

/** The same in Korean. Times in it are those of Seoul. */
export const KOREAN: Readonly<Record<NotificationEvent, NotificationTemplate>> = {
  issued: {
    subject: '쿠폰이 발급되었습니다: {{couponName}}',
    body: `{{couponName}} 쿠폰이 발급되었습니다.

쿠폰 코드: {{code}}
유효 기간: {{validUntil}}까지

주문할 때 코드를 입력해 주세요. 한 번만 사용할 수 있습니다.`,
  },
  redeemed: {
    subject: '쿠폰이 사용되었습니다: {{couponName}}',
    body: `{{couponName}} 쿠폰이 {{occurredAt}}에 사용되었습니다.

주문: {{orderId}}

본인이 사용하지 않았다면 고객센터로 문의해 주세요.`,
  },
  rolled_back: {
    subject: '쿠폰을 다시 사용할 수 있습니다: {{couponName}}',
    body: `주문이 취소되어 {{couponName}} 쿠폰을 다시 사용할 수 있습니다.

쿠폰 코드: {{code}}
유효 기간: {{validUntil}}까지`,
  },
  expiring: {
    subject: '쿠폰이 곧 만료됩니다: {{couponName}}',
    body: `아직 사용하지 않은 {{couponName}} 쿠폰이 있습니다.

쿠폰 코드: {{code}}
유효 기간: {{validUntil}}까지`,
  },
  sold_out: {
    subject: '소진: {{couponName}}',
    body: `{{couponName}} 쿠폰이 모두 발급되었습니다({{occurredAt}}).

{{figures}}`,
  },
  gate_closed: {
    subject: '게이트 닫힘: {{couponName}}',
    body: `{{couponName}} 쿠폰의 게이트가 닫혔습니다({{occurredAt}}). 몇 초 뒤 다시 만들어질 때까지 발급 요청을 받을 수 없습니다. 이미 접수된 요청은 사라지지 않습니다.

{{figures}}`,
  },
  gate_opened: {
    subject: '게이트 다시 열림: {{couponName}}',
    body: `{{couponName}} 쿠폰의 게이트가 다시 열렸습니다({{occurredAt}}).

{{figures}}`,
  },
  quarantined: {
    subject: '격리된 기록: {{couponName}}',
    body: `{{couponName}} 쿠폰의 기록 중 저장할 수 없는 것이 있습니다. 해당 사용자는 쿠폰을 받지 못했고, 그 수량은 다른 사용자에게 발급되지 않습니다. 조치 방법은 운영 지침서를 참고하세요.

{{figures}}`,
  },
  summary: {
    subject: '결과 요약: {{couponName}}',
    body: `{{couponName}} 이벤트가 끝났습니다.

{{figures}}`,
  },
};
