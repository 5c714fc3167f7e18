import { mkdir, writeFile } from 'node:fs/promises';
import type { StatePaths } from '../../state.ts';
import type { ServerDefinition } from '../definition.ts';
import { provideValkey } from './binary.ts';
import { checkValkey } from './check.ts';

/** Valkey without persistence: what it holds is lost when it dies, as with a replaced cache node. */
export async function valkeyServer(
  paths: StatePaths,
  port: number,
  progress: (line: string) => void,
  stopped?: AbortSignal,
): Promise<ServerDefinition> {
  const executable = await provideValkey(progress, stopped);
  await mkdir(paths.valkey, { recursive: true });
  await writeFile(paths.valkeyConfig, configuration(paths.valkey, port));
  return {
    name: 'valkey',
    label: 'Valkey',
    port,
    stopSignal: 'SIGTERM',
    command: () => Promise.resolve({ file: executable, args: [paths.valkeyConfig] }),
    checkReady: () => checkValkey(valkeyUrl(port)),
  };
}

/** The address of a Valkey of ours. */
export function valkeyUrl(port: number): string {
  return `redis://127.0.0.1:${port}`;
}

function configuration(directory: string, port: number): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    'protected-mode yes',
    `dir ${JSON.stringify(directory)}`,
    'save ""',
    'appendonly no',
    // Stock counters must never be evicted; a full gate refuses instead.
    'maxmemory 512mb',
    'maxmemory-policy noeviction',
    // Keeps the path of this file in the command line, by which a leftover is known to be ours.
    'set-proc-title no',
    '',
  ].join('\n');
}
