import { AwsV4Signer } from 'aws4fetch';
import type { HttpAnswer, HttpClient } from '../http-client.ts';
import type { AwsAccess } from './access.ts';

export interface CallToSign {
  /** As it is named in signatures: `ses`. */
  readonly service: string;
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
}

/**
 * One signed POST, whose answer is told whatever it is.
 *
 * @throws NoAnswer
 */
export async function signedAnswer(
  http: HttpClient,
  access: AwsAccess,
  { service, url, contentType, body }: CallToSign,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { region, accessKeyId, secretAccessKey, sessionToken } = access;
  const signer = new AwsV4Signer({
    method: 'POST',
    url,
    headers: { 'Content-Type': contentType },
    body,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service,
    region,
  });
  const { headers } = await signer.sign();
  // Node sets the host itself, as it was signed.
  headers.delete('host');
  return http({ method: 'POST', url, headers: Object.fromEntries(headers), body }, signal);
}
