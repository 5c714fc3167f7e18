import { Redis } from 'ioredis';

const timeout_ms = 2_000;

/** Asks a Valkey for a PONG. Throws if it doesn't answer within 2 s. */
export async function checkValkey(url: string): Promise<void> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeout_ms,
    socketTimeout: timeout_ms,
    // Its timer isn't cancelled when there was no connection to close, and keeps the process for so long.
    disconnectTimeout: 50,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The rejected call only says that the connection is closed; the reason comes by this event.
  let reason: Error | undefined;
  client.on('error', (error: Error) => {
    reason ??= error;
  });
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw reason ?? error;
  } finally {
    client.disconnect();
  }
}
