import * as z from 'zod';

export interface HeaderDescription {
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodType;
  /** Of a reply: whether it is always there. Of a request: it never has to be. */
  readonly required?: true;
  readonly example?: string;
}

/** Headers that a request may carry, apart from those of every request. */
export const requestHeaders = {
  idempotencyKey: {
    name: 'Idempotency-Key',
    description:
      'Says "the same request again": with the same key, path and body the answer is the same for a day, and nothing is done twice. Another request with the key is refused. A refusal is not remembered. A UUID is a good key.',
    schema: z.string().regex(/^[\x21-\x7e]{1,255}$/),
  },
  claimKey: {
    name: 'Idempotency-Key',
    description:
      'Needed where `perUserLimit` is above 1: it tells a retry (the same key) from another claim (a new one), for as long as the coupon lives. Elsewhere a user has one issuance, whatever the key.',
    schema: z.string().regex(/^[\x21-\x7e]{1,255}$/),
  },
  ifNoneMatch: {
    name: 'If-None-Match',
    description:
      'The `ETag` of the copy that is there already: if nothing changed the answer is 304.',
    schema: z.string(),
  },
} as const satisfies Record<string, HeaderDescription>;

export type RequestHeader = keyof typeof requestHeaders;

/** Headers that replies carry. */
export const replyHeaders = {
  requestId: {
    name: 'X-Request-Id',
    required: true,
    description: 'Names the request in the logs.',
    schema: z.string(),
    example: '1-6b032c9a-9784039597f0000000000005',
  },
  location: {
    name: 'Location',
    required: true,
    description: 'The path of the thing.',
    schema: z.string().regex(/^\/v1\//),
    example: '/v1/coupons/k3v9x2m7q1zd',
  },
  etag: {
    name: 'ETag',
    required: true,
    description: 'Changes when anything but the time does.',
    schema: z.string(),
    example: 'W/"1-0-open"',
  },
  contentLanguage: {
    name: 'Content-Language',
    required: true,
    description: 'The one of the `Accept-Language` that the API speaks.',
    schema: z.enum(['en', 'ko']),
    example: 'en',
  },
  contentEncoding: {
    name: 'Content-Encoding',
    required: true,
    description: 'These are served compressed, always.',
    schema: z.literal('gzip'),
  },
  wwwAuthenticate: {
    name: 'WWW-Authenticate',
    required: true,
    description: 'What is wrong with the token, or which scope would do (RFC 6750).',
    schema: z.string(),
    example: 'Bearer error="invalid_token"',
  },
  retryAfter: {
    name: 'Retry-After',
    required: true,
    description: 'Seconds to wait before asking again.',
    // A header is text; the document says what it means.
    schema: z.string().regex(/^[0-9]+$/),
    example: '1',
  },
  rateLimitPolicy: {
    name: 'RateLimit-Policy',
    description:
      'The limit of a shopper (draft-ietf-httpapi-ratelimit-headers): `q` requests in `w` seconds.',
    schema: z.string(),
    example: '"default";q=300;w=10',
  },
  rateLimit: {
    name: 'RateLimit',
    description:
      'How many more may follow at once (`r`), and in how many seconds it will be all of them again (`t`). Not sent to those who ask seldom.',
    schema: z.string(),
    example: '"default";r=289;t=1',
  },
  nextPage: {
    name: 'Link',
    description: 'Of a page in CSV that is not the last: `<…>; rel="next"` (RFC 8288).',
    schema: z.string(),
  },
  nextCursor: {
    name: 'X-Next-Cursor',
    description: 'Of a page in CSV that is not the last: the cursor of the next.',
    schema: z.string(),
  },
  idempotencyReplayed: {
    name: 'Idempotency-Replayed',
    description: 'This is the answer that the first request with the key got.',
    schema: z.literal('true'),
  },
} as const satisfies Record<string, HeaderDescription>;

export type ReplyHeader = keyof typeof replyHeaders;
