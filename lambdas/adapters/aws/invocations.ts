import { AwsClient } from 'aws4fetch';

/** The function to invoke and the credentials of this one, as the Lambda runtime gives them. */
export interface InvocationSettings {
  readonly functionName: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Of the Lambda service; the region's own unless named. */
  readonly endpoint?: string | undefined;
}

/** Somebody waits for this call: it must not take long. Milliseconds. */
const TIMEOUT_MS = 500;

/**
 * Invokes a function with an event, without waiting for its result. One signed request, where the
 * SDK's client would make the bundle of the issue function half as large again.
 *
 * The call rejects when the Lambda service does not take the event in time.
 */
export function asynchronousInvocation(
  settings: InvocationSettings,
): (event: unknown) => Promise<void> {
  const { functionName, region, accessKeyId, secretAccessKey, sessionToken } = settings;
  const endpoint = settings.endpoint ?? `https://lambda.${region}.amazonaws.com`;
  const url = `${endpoint}/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: 'lambda',
    region,
    retries: 0,
  });
  return async (event) => {
    const response = await client.fetch(url, {
      method: 'POST',
      headers: { 'X-Amz-Invocation-Type': 'Event' },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`the Lambda service answered ${response.status}`);
  };
}

/** Reads what the Lambda runtime puts into a function's environment. */
export function invocationSettings(
  functionName: string,
  environment: NodeJS.ProcessEnv,
): InvocationSettings {
  return {
    functionName,
    region: environment['AWS_REGION'] ?? '',
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: environment['AWS_SESSION_TOKEN'],
    endpoint: environment['AWS_ENDPOINT_URL_LAMBDA'],
  };
}
