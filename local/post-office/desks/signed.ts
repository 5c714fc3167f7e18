import type { Arrived } from '../message.ts';

/** Whether a request is signed as AWS wants it, for this service. By whom is not looked at. */
export function isSigned(headers: Arrived['headers'], service: string): boolean {
  const pattern = new RegExp(
    String.raw`^AWS4-HMAC-SHA256 Credential=[^/\s]+/\d{8}/[a-z0-9-]+/${service}/aws4_request, ` +
      String.raw`SignedHeaders=[^,]*\bhost\b[^,]*, Signature=[0-9a-f]{64}$`,
  );
  return pattern.test(String(headers['authorization']));
}
