import { Redis } from 'ioredis';

/** Empties a Valkey that goes on serving: no claim has to wait for a connection. */
export async function flushAll(valkeyUrl: string): Promise<void> {
  const client = new Redis(valkeyUrl);
  try {
    await client.flushall();
  } finally {
    client.disconnect();
  }
}
