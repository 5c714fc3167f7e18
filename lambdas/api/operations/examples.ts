/** A coupon and an issuance that all examples are about. */
export const COUPON_ID = 'k3v9x2m7q1zd';
export const ISSUANCE_ID = `${COUPON_ID}_b1N0xw2vT9eQmZ5rK8yUdA`;

export const couponDefinitionExample = {
  name: 'Opening day 5,000',
  quantity: 1000,
  issueStartsAt: '2026-11-27T00:00:00Z',
  issueEndsAt: '2026-11-28T00:00:00Z',
  validity: { days: 30 },
  discount: { type: 'amount', amount: 5000, currency: 'KRW' },
};

export const couponDefinitionWithConditions = {
  ...couponDefinitionExample,
  name: 'Weekend 15 %',
  description: 'For orders of 30,000 won and more, on weekends from nine to six.',
  discount: { type: 'percent', percent: 15, maxAmount: 10000, currency: 'KRW' },
  conditions: {
    minOrderAmount: 30000,
    categories: { include: ['shoes'], exclude: [] },
    weekdays: ['sat', 'sun'],
    hours: { from: '09:00', until: '18:00', timeZone: 'Asia/Seoul' },
  },
};

export const couponDefinitionWithNotifications = {
  ...couponDefinitionExample,
  notifications: {
    users: { channels: ['email'], events: ['issued', 'expiring'], remindHoursBefore: 48 },
    operators: { channels: ['slack'], events: ['sold_out', 'gate_closed', 'gate_opened'] },
    templates: {
      issued: {
        ko: { subject: '{{couponName}} 쿠폰이 발급되었습니다', body: '코드: {{code}}' },
        en: { subject: 'Your coupon {{couponName}}', body: 'Your code: {{code}}' },
      },
    },
  },
};

export const couponExample = {
  id: COUPON_ID,
  ...couponDefinitionExample,
  description: '',
  state: 'open',
  issued: 421,
  remaining: 579,
  perUserLimit: 1,
  issueStartsAt: '2026-11-27T00:00:00.000Z',
  issueEndsAt: '2026-11-28T00:00:00.000Z',
  conditions: {},
  selfRedeem: false,
  createdAt: '2026-11-20T08:30:00.000Z',
  serverTime: '2026-11-27T00:00:04.217Z',
};

export const acceptedExample = {
  id: ISSUANCE_ID,
  couponId: COUPON_ID,
  userId: 'anna',
  state: 'accepted',
  sequence: 422,
  acceptedAt: '2026-11-27T00:00:04.219Z',
};

export const issuedExample = {
  ...acceptedExample,
  state: 'issued',
  issuedAt: '2026-11-27T00:00:04.480Z',
  validFrom: '2026-11-27T00:00:04.219Z',
  validUntil: '2026-12-27T00:00:04.219Z',
  code: '4Q7ZK2M9X0W8T5RB3VNC6YJD1H',
};
