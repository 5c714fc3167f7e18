import type { ALBResult } from 'aws-lambda';
import type { InvalidPart, ProblemCode } from './problems.ts';
import { problems } from './problems.ts';

type Headers = Readonly<Record<string, string>>;

/** What an endpoint decides; {@link render} makes the ALB's reply of it. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Headers;
    }
  | { readonly kind: 'empty'; readonly status: number; readonly headers?: Headers }
  | {
      readonly kind: 'problem';
      readonly code: ProblemCode;
      readonly detail?: string | undefined;
      readonly errors?: readonly InvalidPart[];
      readonly headers?: Headers;
    };

export function json(status: number, body: unknown, headers: Headers = {}): Answer {
  return { kind: 'json', status, body, headers };
}

export function problem(
  code: ProblemCode,
  rest: Omit<Extract<Answer, { kind: 'problem' }>, 'kind' | 'code'> = {},
): Answer {
  return { kind: 'problem', code, ...rest };
}

/** What a client that meets a 503 should wait before it asks again, seconds. */
const RETRY_AFTER_SECONDS = '1';

export function render(answer: Answer, requestId: string): ALBResult {
  const { status, contentType, body } = content(answer, requestId);
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    'x-request-id': requestId,
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {}),
    ...answer.headers,
  };
  return {
    statusCode: status,
    multiValueHeaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    ),
    body,
    isBase64Encoded: false,
  };
}

function content(
  answer: Answer,
  requestId: string,
): { status: number; contentType?: string; body: string } {
  if (answer.kind === 'empty') return { status: answer.status, body: '' };
  if (answer.kind === 'json') {
    const { status, body } = answer;
    return { status, contentType: 'application/json', body: JSON.stringify(body) };
  }
  const { code, detail, errors } = answer;
  const { status, title } = problems[code];
  return {
    status,
    contentType: 'application/problem+json',
    body: JSON.stringify({
      type: `/problems/${code}`,
      title,
      status,
      detail: detail ?? `${title}.`,
      code,
      requestId,
      ...(errors ? { errors } : {}),
    }),
  };
}
