import type { ProxiedConnection } from './tcp-proxy.ts';
import { targetOf, tcpProxy, urlThrough } from './tcp-proxy.ts';

/** A proxy whose connections can become black holes: open, and nothing comes back. */
export interface SilencingProxy {
  readonly url: string;
  /** The connections there are now; later ones work. */
  silence(): void;
  close(): Promise<void>;
}

export async function silencingProxy(serverUrl: string): Promise<SilencingProxy> {
  const silenced = new Set<ProxiedConnection>();
  const passes = (_bytes: Buffer, connection: ProxiedConnection): boolean =>
    !silenced.has(connection);
  const proxy = await tcpProxy(targetOf(serverUrl), { toServer: passes, toClient: passes });
  return {
    url: urlThrough(proxy, serverUrl),
    silence() {
      for (const connection of proxy.connections) silenced.add(connection);
    },
    close: () => proxy.close(),
  };
}
