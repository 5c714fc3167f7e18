import { fileURLToPath } from 'node:url';
import type { StatePaths } from '../../state.ts';
import type { ServerDefinition } from '../definition.ts';
import { issuerUrl } from './address.ts';
import { discoverJwksUri } from './check.ts';
import { ensureIssuerKey } from './key.ts';

const program = fileURLToPath(new URL('process.ts', import.meta.url));

/** The OAuth2 issuer, in a process of its own so that it can fail like one. */
export async function issuerServer(
  paths: StatePaths,
  port: number,
  audience: string,
): Promise<ServerDefinition> {
  await ensureIssuerKey(paths);
  return {
    name: 'issuer',
    label: 'The issuer',
    port,
    stopSignal: 'SIGTERM',
    command: () =>
      Promise.resolve({
        file: process.execPath,
        args: [program, paths.issuerKey, String(port), audience],
      }),
    checkReady: async () => {
      await discoverJwksUri(issuerUrl(port));
    },
  };
}
