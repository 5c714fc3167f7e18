import { randomUUID } from 'node:crypto';
import { functionArn } from './functions.ts';
import type { LambdaService } from './service.ts';

/** One reply of the stand-in's HTTP API; `body` is written as JSON. */
export interface ApiReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** Lambda's `Invoke`: RequestResponse (200), Event (202) or DryRun (204). */
export async function invokeOverHttp(
  service: LambdaService,
  name: string,
  type: string | string[] | undefined,
  body: Buffer,
): Promise<ApiReply> {
  if (!service.has(name)) {
    const message = `Function not found: ${functionArn(name)}`;
    return failure(404, 'ResourceNotFoundException', message);
  }
  let event: unknown;
  try {
    event = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch {
    return failure(400, 'InvalidRequestContentException', 'Could not parse request body into json');
  }
  const headers = { 'x-amzn-RequestId': randomUUID(), 'X-Amz-Executed-Version': '$LATEST' };
  if (type === 'DryRun') return { status: 204, headers };
  if (type !== undefined && type !== 'Event' && type !== 'RequestResponse') {
    return failure(400, 'InvalidParameterValueException', `Invocation type ${String(type)}`);
  }
  const outcome = await service.invoke(name, event, { type: type ?? 'RequestResponse' });
  switch (outcome.kind) {
    case 'accepted':
      return { status: 202, headers };
    case 'throttled':
      return failure(429, 'TooManyRequestsException', 'Rate Exceeded.');
    case 'failed':
      return {
        status: 200,
        body: outcome.error,
        headers: { ...headers, 'X-Amz-Function-Error': 'Unhandled' },
      };
    case 'returned':
      return { status: 200, body: outcome.value ?? null, headers };
  }
}

export function failure(status: number, type: string, message: string): ApiReply {
  return {
    status,
    body: { Type: 'User', Message: message },
    headers: { 'x-amzn-ErrorType': type },
  };
}
