import { createHash, createHmac } from 'node:crypto';
import type { AwsAccess } from './access.ts';

export interface UrlToSign {
  /** As it is named in signatures. */
  readonly service: string;
  /** With the port, where it is not the protocol's own. */
  readonly host: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly lifetimeSeconds: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * A GET request signed in its query (Signature Version 4), without its scheme. Computed at once,
 * without waiting: between the signing and the use there must be no room for a freeze.
 *
 * @param now milliseconds since 1970
 */
export function presignedUrl(access: AwsAccess, url: UrlToSign, now: number): string {
  const { region, accessKeyId, secretAccessKey, sessionToken } = access;
  // 20261129T021500Z
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = [time.slice(0, 8), region, url.service, 'aws4_request'];
  const query = canonicalQuery({
    ...url.parameters,
    'X-Amz-Algorithm': ALGORITHM,
    'X-Amz-Credential': [accessKeyId, ...scope].join('/'),
    'X-Amz-Date': time,
    'X-Amz-Expires': String(url.lifetimeSeconds),
    'X-Amz-SignedHeaders': 'host',
    ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }),
  });
  const request = ['GET', '/', query, `host:${url.host}`, '', 'host', sha256('')].join('\n');
  const toSign = [ALGORITHM, time, scope.join('/'), sha256(request)].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return `${url.host}/?${query}&X-Amz-Signature=${hmac(key, toSign).toString('hex')}`;
}

function canonicalQuery(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
}

/** Everything but RFC 3986's unreserved characters. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
