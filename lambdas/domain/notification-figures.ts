import type { GateClosure } from './gate.ts';
import type { Language } from './notification.ts';
import type { QuarantineReason } from './record-plan.ts';

type Words = Readonly<Record<Language, string>>;

/** Why a record is in quarantine; also the labels of how many there are of each. */
const QUARANTINED = {
  malformed: { en: 'not readable', ko: '형식 오류' },
  unknown_coupon: { en: 'unknown coupon', ko: '알 수 없는 쿠폰' },
  overflow: { en: 'more than the quantity', ko: '수량 초과' },
  conflict: { en: 'contradicts what is recorded', ko: '기존 기록과 충돌' },
} as const satisfies Record<QuarantineReason, Words>;

/** Why a gate is built anew. */
const CLOSED = {
  missing: { en: 'the cache has lost the gate', ko: '캐시에서 게이트가 사라짐' },
  building: { en: 'an earlier rebuild did not finish', ko: '이전 재구성이 끝나지 않음' },
  foreign: { en: 'another cache server has taken over', ko: '다른 캐시 서버로 전환됨' },
  drift: { en: 'the gate has lost claims', ko: '게이트에서 발급 기록이 유실됨' },
  superseded: { en: 'a later rebuild had begun', ko: '이후의 재구성이 시작됨' },
} as const satisfies Record<GateClosure | 'superseded', Words>;

const REASONS: Readonly<Record<string, Words | undefined>> = { ...QUARANTINED, ...CLOSED };

const LABELS: Readonly<Record<string, Words | undefined>> = {
  ...QUARANTINED,
  quantity: { en: 'quantity', ko: '수량' },
  issued: { en: 'issued', ko: '발급' },
  redeemed: { en: 'redeemed', ko: '사용' },
  expired: { en: 'expired', ko: '만료' },
  revoked: { en: 'revoked', ko: '회수' },
  remaining: { en: 'remaining', ko: '남은 수량' },
  count: { en: 'count', ko: '건수' },
  reason: { en: 'reason', ko: '사유' },
  epoch: { en: 'gate number', ko: '게이트 번호' },
};

/** What people call a figure; its name, where an older or newer release has written it. */
export function labelOf(name: string, language: Language): string {
  return LABELS[name]?.[language] ?? name.replaceAll('_', ' ');
}

/** Reasons in words: one, or several with commas between. */
export function reasonText(reasons: string, language: Language): string {
  return reasons
    .split(', ')
    .map((reason) => REASONS[reason]?.[language] ?? reason.replaceAll('_', ' '))
    .join(', ');
}
