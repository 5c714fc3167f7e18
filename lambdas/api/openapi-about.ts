/** What the document says of the API as a whole. */
export const ABOUT = {
  title: 'Coupons for event spikes',
  version: '1.0.0',
  summary: 'Limited coupons, issued first come, first served, and redeemed once.',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  description: `A **coupon** is what an operator defines. An **issuance** is one coupon given to one user. A **redemption** is the one use of an issuance by an order.

**What is promised.** Never more issued than the quantity. Never two for one user where one is allowed. A coupon is used once. A success reply is never taken back. What can not be promised is refused clearly, with 503 and \`Retry-After\`, and asking again is always safe.

**Tokens.** Every call but those of the service itself needs \`Authorization: Bearer <JWT>\`. 401 and 403 come before 404; an id of a wrong shape is a 404.

**Problems** are \`application/problem+json\` (RFC 9457). Decide by \`code\`, which never changes; \`title\` and \`detail\` are for people, in English or Korean (\`Accept-Language\`); \`type\` leads to a page that says what to do. New codes may be added. A known path with another method is a 405 with \`Allow\`, any other path a 404.

**Bodies** are JSON of at most 64 KB, where a call says nothing else. Money is an integer in the currency's minor unit. Times are RFC 3339; those of replies are in UTC. Ids are opaque.

**The same request again.** Every POST takes an \`Idempotency-Key\`: the same key with the same body gets the same answer, and nothing is done twice.

**Limits.** A shopper may send 300 requests at once and 30 a second for long; more is a 429 with \`Retry-After\`. Polls of coupons are not counted.

**Lists** come in pages: pass \`nextCursor\` as \`cursor\` until it is null.`,
} as const;
