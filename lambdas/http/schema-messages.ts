import type { Text } from './text.ts';

/**
 * The Korean of the messages that the schemas in `lambdas/api` carry; the English is the key. `#`
 * stands for a number. A test reads the schemas' sources and names each message that is missing.
 */
const KOREAN: Readonly<Record<string, string>> = {
  'from is not before until': 'from은 until보다 앞서야 합니다.',
  'is not after issueStartsAt': 'issueStartsAt보다 뒤여야 합니다.',
  'a coupon with conditions is redeemed by the shop: the shopper would attest the order':
    '사용 조건이 있는 쿠폰은 상점에서만 사용 처리할 수 있습니다. 구매자가 주문 내용을 직접 보증할 수는 없습니다.',
  'has a NUL or half of a surrogate pair': 'NUL 문자나 짝이 없는 서로게이트가 있습니다.',
  'names one twice': '같은 값이 두 번 있습니다.',
  'is not HH:MM': 'HH:MM 형식이 아닙니다.',
  'is not an IANA time zone': 'IANA 시간대가 아닙니다.',
  'is not an ISO # code': 'ISO # 통화 코드가 아닙니다.',
  'is not a coupon id': '쿠폰 ID가 아닙니다.',
  'is not an issuance id': '발급 ID가 아닙니다.',
  'is not a number from # to #': '#에서 # 사이의 수가 아닙니다.',
  'has more than # different users': '서로 다른 사용자가 #명보다 많습니다.',
  'must have # to # characters': '#자 이상 #자 이하여야 합니다.',
  'is not between the years # and # in UTC': 'UTC 기준 #년에서 #년 사이가 아닙니다.',
  'hours name their own time zone, which is also that of the weekdays':
    'hours에 시간대가 있으면 그것이 요일에도 적용되므로 따로 지정할 수 없습니다.',
};

const NUMBER = /\d+/g;

export function hasTranslation(message: string): boolean {
  return Object.hasOwn(KOREAN, keyOf(message));
}

/** @param message one that {@link hasTranslation} */
export function translate(message: string): Text {
  const numbers = message.match(NUMBER) ?? [];
  const korean = KOREAN[keyOf(message)] ?? '';
  let next = 0;
  return {
    en: `${message.charAt(0).toUpperCase()}${message.slice(1)}.`,
    ko: korean.replaceAll('#', () => numbers[next++] ?? ''),
  };
}

function keyOf(message: string): string {
  return message.replaceAll(NUMBER, '#');
}
