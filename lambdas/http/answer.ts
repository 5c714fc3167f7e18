import type { ALBResult } from 'aws-lambda';
import type { FailedCondition, InvalidPart, ProblemCode } from './problems.ts';
import { problems } from './problems.ts';
import type { Language, Text } from './text.ts';

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
  /** Text of another type, or bytes; 200 unless it says otherwise. */
  | {
      readonly kind: 'document';
      readonly status?: number;
      readonly contentType: string;
      readonly content: string | Uint8Array;
      readonly headers?: Headers;
    }
  | {
      readonly kind: 'problem';
      readonly code: ProblemCode;
      readonly detail?: Text | undefined;
      readonly errors?: readonly InvalidPart[];
      readonly failures?: readonly FailedCondition[];
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

/** Whom an answer is for. */
export interface Recipient {
  readonly requestId: string;
  readonly language: Language;
}

/** What a client that meets a 503 should wait before it asks again, seconds. */
const RETRY_AFTER_SECONDS = '1';

/** @param common headers that every reply to this request gets, whatever it is */
export function render(answer: Answer, recipient: Recipient, common: Headers = {}): ALBResult {
  const { status, body, headers: ofContent, isBase64Encoded = false } = content(answer, recipient);
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': recipient.requestId,
    ...ofContent,
    ...(status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {}),
    ...answer.headers,
    ...common,
    ...vary(ofContent, answer.headers, common),
  };
  const multiValueHeaders: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(headers)) multiValueHeaders[name] = [value];
  return {
    statusCode: status,
    multiValueHeaders,
    body,
    isBase64Encoded,
  };
}

/** Each may name what it depends on. */
function vary(...all: readonly (Headers | undefined)[]): Headers {
  const names = all.flatMap((headers) => headers?.['vary'] ?? []);
  return names.length === 0 ? {} : { vary: names.join(', ') };
}

interface Content {
  readonly status: number;
  readonly body: string;
  readonly headers?: Headers;
  readonly isBase64Encoded?: boolean;
}

function content(answer: Answer, recipient: Recipient): Content {
  switch (answer.kind) {
    case 'empty':
      return { status: answer.status, body: '' };
    case 'json': {
      const headers = { 'content-type': 'application/json' };
      return { status: answer.status, headers, body: JSON.stringify(answer.body) };
    }
    case 'document':
      return documentContent(answer);
    case 'problem':
      return problemContent(answer, recipient);
  }
}

function documentContent({
  status = 200,
  contentType,
  content: document,
}: Extract<Answer, { kind: 'document' }>): Content {
  const headers = { 'content-type': contentType };
  if (typeof document === 'string') return { status, headers, body: document };
  const body = Buffer.from(document).toString('base64');
  return { status, headers, body, isBase64Encoded: true };
}

function problemContent(
  { code, detail, errors, failures }: Extract<Answer, { kind: 'problem' }>,
  { requestId, language }: Recipient,
): Content {
  const { status, title } = problems[code];
  const inLanguage = <Part extends { readonly detail: Text }>(parts: readonly Part[]) =>
    parts.map((part) => ({ ...part, detail: part.detail[language] }));
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'content-language': language,
      vary: 'Accept-Language',
    },
    body: JSON.stringify({
      type: `/problems/${code}`,
      title: title[language],
      status,
      detail: detail?.[language] ?? `${title[language]}.`,
      code,
      requestId,
      ...(errors ? { errors: inLanguage(errors) } : {}),
      ...(failures ? { failures: inLanguage(failures) } : {}),
    }),
  };
}
