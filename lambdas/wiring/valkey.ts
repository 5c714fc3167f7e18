import { connectValkey, type ValkeyClient } from '../adapters/valkey/valkey-client.ts';
import type { FaultReport } from '../config/logger.ts';
import type { Settings } from '../config/settings.ts';

/** @param commandTimeoutMs after this long a command's outcome counts as unknown. Milliseconds. */
export function openValkey(
  { valkeyUrl }: Settings<'valkeyUrl'>,
  commandTimeoutMs: number,
  onFault: FaultReport,
): ValkeyClient {
  return connectValkey({ url: valkeyUrl, commandTimeoutMs }, (error) => {
    onFault('valkey', error);
  });
}
