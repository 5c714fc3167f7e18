import type { ProblemHelp } from './help.ts';

/** What the service can't promise just now. */
export const helpOfServers = {
  gate_closed: {
    meaning: {
      en: 'The gate of this coupon is being opened, or built again after the cache was lost. Until it is, nobody can tell who has a coupon, and the service does not guess.',
      ko: '이 쿠폰의 발급 게이트를 여는 중이거나, 캐시를 잃은 뒤 다시 만드는 중입니다. 그동안에는 누가 쿠폰을 받았는지 확실히 알 수 없으므로 추측하지 않고 거절합니다.',
    },
    remedy: {
      en: 'Ask again after `Retry-After`; it is always safe, and what was promised before is kept.',
      ko: '`Retry-After` 후에 다시 시도하세요. 재시도는 언제나 안전하며 이미 약속한 쿠폰은 유지됩니다.',
    },
  },
  outcome_unknown: {
    meaning: {
      en: 'The request may have been carried out: a server did not answer in time.',
      ko: '서버가 제때 응답하지 않아, 요청이 처리되었을 수도 있고 아닐 수도 있습니다.',
    },
    remedy: {
      en: 'Ask again with the same body, and the same `Idempotency-Key` if there was one: the same thing is found, never a second one made.',
      ko: '같은 본문과 (있었다면) 같은 `Idempotency-Key`로 다시 시도하세요. 두 번 처리되지 않고 같은 결과를 받습니다.',
    },
  },
  unavailable: {
    meaning: {
      en: 'A server that is needed for the answer is away for the moment.',
      ko: '응답에 필요한 서버에 잠시 연결할 수 없습니다.',
    },
    remedy: {
      en: 'Ask again after `Retry-After`, then less and less often. If it lasts, tell the operators the `requestId`.',
      ko: '`Retry-After` 후에 다시 시도하고, 간격을 점점 늘리세요. 계속되면 `requestId`를 운영자에게 알려 주세요.',
    },
  },
} as const satisfies Record<string, ProblemHelp>;
