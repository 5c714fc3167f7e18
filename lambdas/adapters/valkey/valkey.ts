import { setTimeout as sleep } from 'node:timers/promises';
import { GateUnavailable } from '../../domain/ports.ts';
import { connectValkey, type ValkeyClient, type ValkeySettings } from './valkey-client.ts';
import { ValkeyCluster } from './valkey-cluster.ts';

/** One server, or the servers of a cluster. */
export type Valkey = ValkeyClient | ValkeyCluster;

/** Between two looks whether a server is known for a key. */
const LOOK_MS = 20;

/** The same for all servers of a cluster, of which the URL leads to one. */
export function connectValkeyCluster(
  settings: ValkeySettings,
  onError: (error: Error) => void,
): ValkeyCluster {
  return new ValkeyCluster(settings, (url, onReply) =>
    connectValkey({ ...settings, url }, onError, onReply),
  );
}

/**
 * The client of the server that has this key, connected or not.
 *
 * @throws GateUnavailable while no server is known to have it
 */
export function clientFor<Client>(
  valkey: Client | ValkeyCluster,
  key: string,
): Client | ValkeyClient {
  if (!(valkey instanceof ValkeyCluster)) return valkey;
  const client = valkey.clientFor(key);
  if (client === undefined) throw new GateUnavailable('no server is known to have the key');
  return client;
}

/**
 * The client of the server that has this key, once commands can be sent. Rejects with
 * {@link GateUnavailable} after `waitMs`.
 */
export async function whenReady(
  valkey: Valkey,
  key: string,
  waitMs: number,
): Promise<ValkeyClient> {
  if (!(valkey instanceof ValkeyCluster)) return connected(valkey, waitMs);
  const end = performance.now() + waitMs;
  while (valkey.clientFor(key) === undefined && performance.now() < end) await sleep(LOOK_MS);
  return connected(clientFor<ValkeyClient>(valkey, key), end - performance.now());
}

function connected(client: ValkeyClient, waitMs: number): Promise<ValkeyClient> {
  if (client.status === 'ready') return Promise.resolve(client);
  return new Promise((resolve, reject) => {
    const onReady = (): void => {
      clearTimeout(timer);
      resolve(client);
    };
    const timer = setTimeout(
      () => {
        client.off('ready', onReady);
        reject(new GateUnavailable(`no connection to Valkey within ${Math.round(waitMs)} ms`));
      },
      Math.max(0, waitMs),
    );
    client.once('ready', onReady);
  });
}
