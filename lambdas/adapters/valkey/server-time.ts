import { whenReady, type Valkey } from './valkey.ts';
import { asGateError } from './valkey-client.ts';

/** Of a cluster, that of one server. */
const ANY_KEY = 'time';

/** Valkey's own clock, milliseconds since 1970. Rejects as the gate does. */
export async function valkeyTime(valkey: Valkey, connectWaitMs: number): Promise<number> {
  const client = await whenReady(valkey, ANY_KEY, connectWaitMs);
  try {
    const [seconds = 0, microseconds = 0] = (await client.time()).map(Number);
    return seconds * 1000 + Math.floor(microseconds / 1000);
  } catch (error) {
    throw asGateError(error);
  }
}
