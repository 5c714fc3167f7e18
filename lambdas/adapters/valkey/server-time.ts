import { asGateError, whenReady, type ValkeyClient } from './valkey-client.ts';

/** Valkey's own clock, milliseconds since 1970. Rejects as the gate does. */
export async function valkeyTime(client: ValkeyClient, connectWaitMs: number): Promise<number> {
  await whenReady(client, connectWaitMs);
  try {
    const [seconds = 0, microseconds = 0] = (await client.time()).map(Number);
    return seconds * 1000 + Math.floor(microseconds / 1000);
  } catch (error) {
    throw asGateError(error);
  }
}
