import { once } from 'node:events';
import net from 'node:net';

/** A TCP proxy whose connections can become black holes: open, and nothing comes back. */
export interface SilencingProxy {
  readonly url: string;
  /** The connections there are now; later ones work. */
  silence(): void;
  close(): Promise<void>;
}

export async function silencingProxy(targetUrl: string): Promise<SilencingProxy> {
  const { hostname, port } = new URL(targetUrl);
  const clients = new Set<net.Socket>();
  const silenced = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const target = net.connect({ host: hostname, port: Number(port) });
    clients.add(client);
    for (const socket of [client, target]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        target.destroy();
      });
    }
    client.on('data', (bytes) => silenced.has(client) || target.write(bytes));
    target.on('data', (bytes) => silenced.has(client) || client.write(bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    silence() {
      for (const client of clients) silenced.add(client);
    },
    async close() {
      for (const client of clients) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
