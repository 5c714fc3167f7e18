import type { AwsAccess } from './access.ts';
import { signedCall } from './signed-call.ts';

/** Somebody waits for this call: it must not take long. Milliseconds. */
const TIMEOUT_MS = 500;

/**
 * Invokes a function with an event, without waiting for its result.
 *
 * The call rejects when the Lambda service does not take the event in time.
 */
export function asynchronousInvocation(
  access: AwsAccess,
  functionName: string,
): (event: unknown) => Promise<void> {
  const endpoint = access.endpoints.LAMBDA ?? `https://lambda.${access.region}.amazonaws.com`;
  const url = `${endpoint}/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
  return async (event) => {
    await signedCall(access, {
      service: 'lambda',
      url,
      headers: { 'X-Amz-Invocation-Type': 'Event' },
      body: JSON.stringify(event),
      timeoutMs: TIMEOUT_MS,
    });
  };
}
