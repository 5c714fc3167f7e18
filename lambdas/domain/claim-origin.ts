/**
 * The request that a claim came with. It travels beside the record, as headers of Kafka: logs and
 * traces tell by it what belongs together, and nothing is decided by it.
 */
export interface ClaimOrigin {
  readonly requestId: string;
  /** W3C trace context, if the request had one. */
  readonly traceParent?: string | undefined;
}

const REQUEST_ID_HEADER = 'request-id';
const TRACE_PARENT_HEADER = 'traceparent';

/** An id of the load balancer's, or a UUID where there was none. */
const REQUEST_ID = /^(1-[0-9a-f]{8}-[0-9a-f]{24}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const TRACE_PARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
/** In base64; a longer one is none. */
const MAX_ENCODED_LENGTH = 80;

/** Clients can send such a header too: only its shape passes. */
export function isTraceParent(text: string): boolean {
  return TRACE_PARENT.test(text);
}

export function originHeaders({ requestId, traceParent }: ClaimOrigin): Record<string, string> {
  return traceParent === undefined
    ? { [REQUEST_ID_HEADER]: requestId }
    : { [REQUEST_ID_HEADER]: requestId, [TRACE_PARENT_HEADER]: traceParent };
}

/**
 * The id of the request that a record came with; anybody who may write into the topic may have
 * written anything, so what has another shape is none.
 *
 * @param headers names and values, the values in base64
 */
export function requestIdIn(
  headers: readonly (readonly [name: string, value: string])[],
): string | undefined {
  const [, encoded = ''] = headers.find(([name]) => name === REQUEST_ID_HEADER) ?? [];
  if (encoded.length > MAX_ENCODED_LENGTH) return undefined;
  const requestId = Buffer.from(encoded, 'base64').toString('latin1');
  return REQUEST_ID.test(requestId) ? requestId : undefined;
}
