import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ALBEvent } from 'aws-lambda';
import type { HttpFunction } from '../../lambdas/routes.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../lambda/functions.ts';

/** A request's target as an ALB sees it: nothing is decoded. */
export interface RequestTarget {
  readonly path: string;
  /** Without the `?`; empty when there is none. */
  readonly query: string;
}

/** The two halves of a request line's target; undefined when it is no path (a 400). */
export function parseTarget(url: string): RequestTarget | undefined {
  let target = url;
  if (!target.startsWith('/')) {
    // The absolute form, which HTTP/1.1 obliges servers to accept.
    const absolute = /^https?:\/\/[^/?#]+/i.exec(target);
    if (absolute === null) return undefined;
    target = target.slice(absolute[0].length);
    if (!target.startsWith('/')) target = `/${target}`;
  }
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** The event an ALB hands to a Lambda target with multi-value headers enabled. */
export function albEvent(
  request: IncomingMessage,
  target: RequestTarget,
  targetGroup: HttpFunction,
  port: string,
  body: Buffer | undefined,
): ALBEvent {
  const headers = multiValueHeaders(request.rawHeaders);
  addForwardingHeaders(headers, request.socket.remoteAddress ?? '127.0.0.1', port);
  // Bytes that are no UTF-8 have no place in a JSON event, whatever their type claims to be.
  const base64 = body !== undefined && body.length > 0 && !(isText(headers) && isUtf8(body));
  return {
    requestContext: { elb: { targetGroupArn: targetGroupArns[targetGroup] } },
    httpMethod: request.method ?? 'GET',
    path: target.path,
    multiValueQueryStringParameters: queryParameters(target.query),
    multiValueHeaders: headers,
    body: body?.toString(base64 ? 'base64' : 'utf8') ?? '',
    isBase64Encoded: base64,
  };
}

type Headers = Record<string, string[]>;

/** Names in lower case; a header that came twice has two values. */
function multiValueHeaders(raw: readonly string[]): Headers {
  const headers: Headers = Object.create(null) as Headers;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    // Hop by hop: the body arrives whole.
    if (name === 'transfer-encoding' || name === 'expect') continue;
    const value = raw[i + 1] ?? '';
    const values = headers[name];
    if (values === undefined) headers[name] = [value];
    else values.push(value);
  }
  return headers;
}

function addForwardingHeaders(headers: Headers, address: string, port: string): void {
  const before = headers['x-forwarded-for'];
  headers['x-forwarded-for'] = [
    before === undefined ? address : `${before.join(', ')}, ${address}`,
  ];
  headers['x-forwarded-proto'] = ['http'];
  headers['x-forwarded-port'] = [port];
  headers['x-amzn-trace-id'] = [traceId(headers['x-amzn-trace-id']?.[0])];
}

/** A trace id that came with a root keeps it and gets the balancer's own segment in front. */
function traceId(sent: string | undefined): string {
  if (sent === undefined) return `Root=${newTraceId()}`;
  const kept = sent
    .split(';')
    .filter((field) => !field.trim().startsWith('Self='))
    .join(';');
  return /(^|;)\s*Root=/.test(kept)
    ? `Self=${newTraceId()};${kept}`
    : `Self=${newTraceId()};Root=${newTraceId()};${kept}`;
}

// Unique, not secret: a random process part and a counter are far cheaper than random bytes.
const tracePrefix = randomBytes(6).toString('hex');
let traceCount = 0;

function newTraceId(): string {
  traceCount = (traceCount + 1) % 2 ** 40;
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `1-${seconds}-${tracePrefix}${traceCount.toString(16).padStart(12, '0')}`;
}

/** Names and values stay percent-encoded; a name that came twice has two values. */
function queryParameters(query: string): Record<string, string[]> {
  const parameters = Object.create(null) as Record<string, string[]>;
  if (query === '') return parameters;
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = equals === -1 ? part : part.slice(0, equals);
    const value = equals === -1 ? '' : part.slice(equals + 1);
    (parameters[name] ??= []).push(value);
  }
  return parameters;
}

/** Text types arrive as they are, everything else and every encoded body in base64. */
function isText(headers: Headers): boolean {
  if (headers['content-encoding'] !== undefined) return false;
  const type = headers['content-type']?.[0]?.toLowerCase() ?? '';
  return TEXT_TYPES.test(type);
}

const TEXT_TYPES = /^\s*(text\/|application\/(json|javascript|xml)\s*(;|$))/;

const targetGroupArns: Readonly<Record<HttpFunction, string>> = {
  issue: targetGroupArn('issue'),
  redeem: targetGroupArn('redeem'),
  manage: targetGroupArn('manage'),
};

function targetGroupArn(name: string): string {
  return `arn:aws:elasticloadbalancing:${LOCAL_REGION}:${LOCAL_ACCOUNT}:targetgroup/${name}/0000000000000000`;
}
