import { Redis } from 'ioredis';
import { readdir } from 'node:fs/promises';
import { downloadedServersDir } from '../../local/state.ts';
import type { BenchStack } from './bench-stack.ts';

/** Which servers are measured, as they or their files call themselves. */
export async function versionsOf(stack: BenchStack): Promise<Record<string, string>> {
  const valkey = new Redis(stack.endpoints.valkey, { maxRetriesPerRequest: 0 });
  try {
    const info = await valkey.info('server');
    const postgres = await stack.withLedger(async (ledger) => {
      const { rows } = await ledger.query<{ server_version: string }>('SHOW server_version');
      return rows[0]?.server_version ?? '';
    });
    const files = await readdir(downloadedServersDir, { recursive: true });
    const kafka = files.map((file) => /kafka_[\d.]+-([\d.]+)\.jar$/.exec(file)?.[1]).find(Boolean);
    return {
      valkey: /^valkey_version:(\S+)/m.exec(info)?.[1] ?? '',
      kafka: kafka ?? '',
      postgres,
    };
  } finally {
    valkey.disconnect();
  }
}
