import type { AwsAccess } from '../adapters/aws/access.ts';
import { cacheToken } from '../adapters/aws/sign-in-tokens.ts';
import { connectValkey, type ValkeyClient } from '../adapters/valkey/valkey-client.ts';
import type { FaultReport } from '../config/logger.ts';
import type { Settings, VALKEY_OPTIONS } from '../config/settings.ts';

export type ValkeyVariables = Settings<'valkeyUrl', (typeof VALKEY_OPTIONS)[number]>;

/** @param commandTimeoutMs after this long a command's outcome counts as unknown. Milliseconds. */
export function openValkey(
  { valkeyUrl, valkeyIamCache }: ValkeyVariables,
  aws: AwsAccess,
  commandTimeoutMs: number,
  onFault: FaultReport,
): ValkeyClient {
  const user = decodeURIComponent(new URL(valkeyUrl).username);
  const password =
    valkeyIamCache === undefined
      ? undefined
      : () => cacheToken(aws, valkeyIamCache, user, Date.now());
  return connectValkey({ url: valkeyUrl, commandTimeoutMs, password }, (error) => {
    onFault('valkey', error);
  });
}
