import type { AwsAccess } from '../adapters/aws/access.ts';
import { secretText } from '../adapters/aws/secrets.ts';
import { identifiers } from '../adapters/crypto/identifiers.ts';
import { readOnce } from '../adapters/read-once.ts';
import type { Settings } from '../config/settings.ts';
import type { Identifiers } from '../domain/ports.ts';

/**
 * By the secret that is given, or that lies in Secrets Manager: read once by each environment, and
 * again by the next call after a reading that failed.
 *
 * @returns a function that rejects with SettingUnavailable
 * @throws Error when the secret that is given is too short
 */
export function findIdentifiers(
  { issuanceIdSecret, issuanceIdSecretArn }: Settings<'issuanceIdSecret'>,
  aws: AwsAccess,
): () => Promise<Identifiers> {
  if (issuanceIdSecretArn === undefined) {
    const known = Promise.resolve(identifiers(issuanceIdSecret ?? ''));
    return () => known;
  }
  const lookUp = readOnce(async () => identifiers(await secretText(aws, issuanceIdSecretArn)));
  // Beside the rest of the cold start; whoever needs them asks again if it fails, and hears why.
  lookUp().catch(() => undefined);
  return lookUp;
}
