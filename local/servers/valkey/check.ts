import { Redis } from 'ioredis';

const timeout_ms = 2_000;

/** Asks a Valkey for a PONG. Throws if it doesn't answer within 2 s. */
export async function checkValkey(url: string): Promise<void> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeout_ms,
    commandTimeout: timeout_ms,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The reason arrives by the rejected call; without a listener the client prints it as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}
