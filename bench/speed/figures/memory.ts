import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { BenchStack } from '../bench-stack.ts';
import type { Figure } from '../figure.ts';

const BAR = { atMost: 200 };

/** Bytes that Valkey's data take. */
export async function valkeyBytes({ endpoints }: BenchStack): Promise<number> {
  const valkey = new Redis(endpoints.valkey, { maxRetriesPerRequest: 0 });
  try {
    const info = await valkey.info('memory');
    return Number(/^used_memory_dataset:(\d+)/m.exec(info)?.[1]);
  } finally {
    valkey.disconnect();
  }
}

/** @param bytes what `claims` claims, published and confirmed, have added to Valkey's data */
export async function memoryFigures(
  stack: BenchStack,
  bytes: number,
  claims: number,
): Promise<Figure[]> {
  const resident = async (name: string): Promise<number> => {
    const pid = (await readFile(join(stack.endpoints.pids, `${name}.pid`), 'utf8')).trim();
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
  };
  const after = `after ${claims.toLocaleString('en-US')} claims`;
  return [
    { name: 'Valkey, a claim', value: bytes / claims, unit: 'bytes', bar: BAR },
    { name: `Valkey, resident ${after}`, value: await resident('valkey'), unit: 'MiB' },
    { name: `stack's process, resident ${after}`, value: await resident('main'), unit: 'MiB' },
  ];
}
