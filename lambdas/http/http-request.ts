import { randomUUID } from 'node:crypto';
import type { ALBEvent } from 'aws-lambda';
import { isTraceParent } from '../domain/claim-origin.ts';
import type { Language } from './text.ts';
import { preferredLanguage } from './text.ts';

/** An ALB event, read once. Path and query come percent-encoded, as the client sent them. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** From the load balancer's trace id: the same in all log lines of a request. */
  readonly requestId: string;
  /** W3C trace context, of callers that send it. */
  readonly traceParent: string | undefined;
  /** The one of the caller's that the API speaks. */
  readonly language: Language;
  /** All values of a header; names are lower case. */
  headers(name: string): readonly string[];
  /** All values of a query parameter, decoded; undefined for one that can't be. */
  query(name: string): readonly (string | undefined)[];
  /** Undefined if it is not UTF-8. */
  bodyText(): string | undefined;
}

export function readRequest(event: ALBEvent): HttpRequest {
  const headers = (name: string): readonly string[] => {
    const single = event.headers?.[name];
    return event.multiValueHeaders?.[name] ?? (single === undefined ? [] : [single]);
  };
  return {
    // A HEAD is answered as a GET; the load balancer leaves the body out.
    method: event.httpMethod === 'HEAD' ? 'GET' : event.httpMethod,
    path: event.path,
    requestId: traceId(headers('x-amzn-trace-id')[0]) ?? randomUUID(),
    traceParent: headers('traceparent').find(isTraceParent),
    language: preferredLanguage(headers('accept-language').join(',')),
    headers,
    query: (name) => queryValues(event, name),
    bodyText: () => bodyText(event),
  };
}

/** Of `Self=…;Root=…` the first; a client can send the header too, so only its shape passes. */
function traceId(header: string | undefined): string | undefined {
  return /(?:Self|Root)=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(header ?? '')?.[1];
}

function queryValues(event: ALBEvent, name: string): readonly (string | undefined)[] {
  const single = event.queryStringParameters?.[name];
  const raw =
    event.multiValueQueryStringParameters?.[name] ?? (single === undefined ? [] : [single]);
  return raw.map((value) => {
    try {
      return decodeURIComponent(value.replaceAll('+', ' '));
    } catch {
      return undefined;
    }
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function bodyText(event: ALBEvent): string | undefined {
  const { body } = event;
  if (body === null || body === '') return '';
  if (!event.isBase64Encoded) return body;
  try {
    return utf8.decode(Buffer.from(body, 'base64'));
  } catch {
    return undefined;
  }
}
