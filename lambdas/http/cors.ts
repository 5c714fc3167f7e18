import type { HttpRequest } from './http-request.ts';

/** Whose pages may call the API from a browser. */
export type AllowedOrigins = 'any' | ReadonlySet<string>;

/**
 * Reads a list like `https://shop.example,https://admin.example`, or `*`.
 *
 * @throws Error naming an entry that is no origin: a page would be refused for a slash too many
 */
export function readOrigins(list: string | undefined): AllowedOrigins {
  const origins = (list ?? '')
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  if (origins.includes('*')) return 'any';
  for (const origin of origins) {
    if (!isOrigin(origin)) {
      throw new Error(`CORS_ORIGINS: ${origin} is not an origin like https://shop.example`);
    }
  }
  return new Set(origins);
}

const HOST = /^https?:\/\/[a-z0-9.:[\]-]+$/;

function isOrigin(text: string): boolean {
  return HOST.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** Besides the headers that every page may send and read (Fetch, CORS-safelisted). */
const REQUEST_HEADERS = 'authorization, content-type, idempotency-key, if-none-match';
const REPLY_HEADERS = [
  'etag',
  'idempotency-replayed',
  'link',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'x-next-cursor',
  'x-request-id',
].join(', ');

/** Browsers ask again after two hours at the latest, whatever is said (Chromium's limit). */
const MAX_AGE_SECONDS = '7200';

type Headers = Readonly<Record<string, string>>;

/**
 * What every reply says to the browser that asked, problems too: without it the page would not
 * see which problem it was. Cookies play no part here, so `*` gives nobody more than a token does.
 */
export function corsHeaders(origins: AllowedOrigins, request: HttpRequest): Headers {
  if (origins === 'any') {
    return { 'access-control-allow-origin': '*', 'access-control-expose-headers': REPLY_HEADERS };
  }
  if (origins.size === 0) return {};
  const [origin = ''] = request.headers('origin');
  // A cache must not give one origin the reply to another.
  if (!origins.has(origin)) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': REPLY_HEADERS,
  };
}

/** What a browser asks before it sends the call itself; the origin is answered by {@link corsHeaders}. */
export function preflightHeaders(
  origins: AllowedOrigins,
  request: HttpRequest,
  methods: string,
): Headers {
  const isPreflight = request.headers('access-control-request-method').length > 0;
  const [origin] = request.headers('origin');
  if (!isPreflight || origin === undefined) return {};
  if (origins !== 'any' && !origins.has(origin)) return {};
  return {
    'access-control-allow-methods': methods,
    'access-control-allow-headers': REQUEST_HEADERS,
    'access-control-max-age': MAX_AGE_SECONDS,
  };
}
