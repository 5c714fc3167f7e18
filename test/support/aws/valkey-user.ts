import { Redis } from 'ioredis';

/** As on ElastiCache: all commands but the dangerous ones, with INFO, by which clients get ready. */
const RIGHTS = ['~*', '&*', '+@all', '-@dangerous', '+info'];

/** Makes the functions' user in a Valkey of ours. */
export async function makeValkeyUser(url: string, name: string, password: string): Promise<void> {
  const client = new Redis(url);
  try {
    await client.call('ACL', 'SETUSER', name, 'reset', 'on', `>${password}`, ...RIGHTS);
  } finally {
    client.disconnect();
  }
}
