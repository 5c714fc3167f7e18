import type { AwsAccess } from '../adapters/aws/access.ts';
import { cacheToken } from '../adapters/aws/sign-in-tokens.ts';
import { connectValkeyCluster, type Valkey } from '../adapters/valkey/valkey.ts';
import { connectValkey } from '../adapters/valkey/valkey-client.ts';
import type { FaultReport } from '../config/logger.ts';
import type { Settings, VALKEY_OPTIONS } from '../config/settings.ts';

export type ValkeyVariables = Settings<'valkeyUrl', (typeof VALKEY_OPTIONS)[number]>;

/** @param commandTimeoutMs after this long a command's outcome counts as unknown. Milliseconds. */
export function openValkey(
  { valkeyUrl, valkeyCluster, valkeyIamCache }: ValkeyVariables,
  aws: AwsAccess,
  commandTimeoutMs: number,
  onFault: FaultReport,
): Valkey {
  const user = decodeURIComponent(new URL(valkeyUrl).username);
  const password =
    valkeyIamCache === undefined
      ? undefined
      : () => cacheToken(aws, valkeyIamCache, user, Date.now());
  const connect = valkeyCluster === 'true' ? connectValkeyCluster : connectValkey;
  return connect({ url: valkeyUrl, commandTimeoutMs, password }, (error) => {
    onFault('valkey', error);
  });
}
