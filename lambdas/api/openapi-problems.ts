import type { ProblemCode } from '../http/problems.ts';
import { problems } from '../http/problems.ts';
import type { Route, RouteName } from '../routes.ts';
import { isPublic, routes } from '../routes.ts';
import type { JsonObject, SchemaWriter } from './json-schema.ts';
import type { ReplyHeader } from './operations/headers.ts';
import { replyHeaders } from './operations/headers.ts';
import type { Operation } from './operations/operation.ts';
import { PROBLEM_CODES, problemReply } from './operations/problem-reply.ts';

/** Whether a shopper's calls are counted here. */
export function isCounted(name: RouteName): boolean {
  const { scopes, uncounted }: Route = routes[name];
  return scopes.includes('coupons:use') && uncounted !== true;
}

/** Whether an `Idempotency-Key` means "the same request again" here. */
export function takesKey(name: RouteName): boolean {
  return routes[name].method === 'POST' && name !== 'issueCoupon';
}

/** Every problem that a route can answer, its own and those that come with what it is. */
export function problemsOf(name: RouteName, { problems: own }: Operation): ProblemCode[] {
  const { method }: Route = routes[name];
  const found = new Set<ProblemCode>(own);
  const add = (...codes: ProblemCode[]): void => {
    for (const code of codes) found.add(code);
  };
  if (!isPublic(name)) add('unauthenticated', 'insufficient_scope');
  if (method === 'POST' || method === 'PATCH') {
    add('malformed_json', 'payload_too_large', 'unsupported_media_type');
  }
  if (takesKey(name)) add('invalid_request', 'idempotency_key_reused');
  if (isCounted(name)) add('too_many_requests');
  // The health check alone asks for nothing that could be away.
  if (name !== 'getHealth') add('unavailable');
  return PROBLEM_CODES.filter((code) => found.has(code));
}

/** The responses of a route that are problems, by status; those of one code alone are shared. */
export function problemResponses(
  codes: readonly ProblemCode[],
  schemas: SchemaWriter,
): Record<string, JsonObject> {
  const byStatus = Map.groupBy(codes, (code) => String(problems[code].status));
  return Object.fromEntries(
    [...byStatus].map(([status, [only = 'unavailable', ...others]]) => [
      status,
      others.length === 0
        ? { $ref: `#/components/responses/${nameOf(only)}` }
        : problemResponse([only, ...others], schemas),
    ]),
  );
}

/** What {@link problemResponses} refers to. */
export function sharedResponses(schemas: SchemaWriter): JsonObject {
  return Object.fromEntries(
    PROBLEM_CODES.map((code) => [nameOf(code), problemResponse([code], schemas)]),
  );
}

export function problemExamples(): Record<string, JsonObject> {
  return Object.fromEntries(PROBLEM_CODES.map((code) => [code, example(code)]));
}

function problemResponse(codes: readonly ProblemCode[], schemas: SchemaWriter): JsonObject {
  const [status] = codes.map((code) => problems[code].status);
  const described = codes.map((code) => `\`${code}\`: ${problems[code].title.en}.`);
  return {
    description: described.join('\n\n'),
    headers: headersObject(['requestId', 'contentLanguage', ...headersOf(codes)]),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            schemas.write(problemReply, 'output'),
            {
              type: 'object',
              required: ['status', 'code'],
              properties: {
                status: { type: 'integer', const: status ?? 0 },
                code: { type: 'string', enum: codes },
              },
            },
          ],
        },
        examples: Object.fromEntries(
          codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
        ),
      },
    },
  };
}

/** Those that come with each of the codes. */
function headersOf(codes: readonly ProblemCode[]): ReplyHeader[] {
  const all = codes.map((code): ReplyHeader[] => {
    if (code === 'unauthenticated' || code === 'insufficient_scope') return ['wwwAuthenticate'];
    if (code === 'too_many_requests') return ['retryAfter', 'rateLimitPolicy', 'rateLimit'];
    return problems[code].status === 503 ? ['retryAfter'] : [];
  });
  const [first = [], ...others] = all;
  return first.filter((header) => others.every((headers) => headers.includes(header)));
}

export function headersObject(headers: readonly ReplyHeader[]): JsonObject {
  return Object.fromEntries(
    headers.map((id) => {
      const { name } = replyHeaders[id];
      return [name, { $ref: `#/components/headers/${name}` }];
    }),
  );
}

function example(code: ProblemCode): JsonObject {
  const { status, title } = problems[code];
  return {
    summary: title.en,
    value: {
      type: `/problems/${code}`,
      title: title.en,
      status,
      detail: `${title.en}.`,
      code,
      requestId: replyHeaders.requestId.example,
      ...(code === 'invalid_request'
        ? { errors: [{ pointer: '/quantity', detail: 'Must be at least 1.' }] }
        : {}),
      ...(code === 'conditions_not_met'
        ? { failures: [{ code: 'min_order_amount', detail: 'The order is less than 30,000 KRW.' }] }
        : {}),
    },
  };
}

/** `sold_out` → `SoldOut` */
function nameOf(code: string): string {
  return code.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
