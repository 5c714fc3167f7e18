import { AwsV4Signer } from 'aws4fetch';
import type { AwsAccess } from '../../../lambdas/adapters/aws/access.ts';

/** Who the tests are for AWS. */
export const ACCOUNT = {
  region: 'eu-west-1',
  accessKeyId: 'AKIATESTS',
  secretAccessKey: 'the secret key of the tests',
  sessionToken: 'a session/token+of=the tests',
} as const;

export function access(endpoints: AwsAccess['endpoints'] = {}): AwsAccess {
  return { ...ACCOUNT, endpoints };
}

/** Why a signed URL does not let its bearer in; nothing if it does. */
export type Objection = 'no token' | 'of another service' | 'wrong signature' | 'too old';

/**
 * Checks a presigned URL as AWS does, by signing it again with another implementation.
 *
 * @param lifetimeMs of tokens; AWS' own is a quarter of an hour
 */
export async function objectionTo(
  url: string,
  service: string,
  lifetimeMs: number,
): Promise<Objection | undefined> {
  if (!URL.canParse(url)) return 'no token';
  const given = new URL(url);
  const signature = given.searchParams.get('X-Amz-Signature');
  const datetime = given.searchParams.get('X-Amz-Date');
  const scope = given.searchParams.get('X-Amz-Credential')?.split('/') ?? [];
  if (signature === null || datetime === null) return 'no token';
  if (scope[3] !== service || scope[2] !== ACCOUNT.region) return 'of another service';
  if (signature !== (await signatureOf(given, service, datetime))) return 'wrong signature';
  const signedAt = Date.parse(
    datetime.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  // Its time is in whole seconds.
  return Date.now() - signedAt < lifetimeMs + 1_000 ? undefined : 'too old';
}

const ADDED_AFTER_SIGNING = ['X-Amz-Signature', 'User-Agent'];

async function signatureOf(given: URL, service: string, datetime: string): Promise<string | null> {
  const url = new URL(given);
  for (const name of ADDED_AFTER_SIGNING) url.searchParams.delete(name);
  const signer = new AwsV4Signer({ ...ACCOUNT, url: url.href, service, datetime, signQuery: true });
  return (await signer.sign()).url.searchParams.get('X-Amz-Signature');
}
