import { once } from 'node:events';
import net from 'node:net';

/** One connection through a proxy. */
export interface ProxiedConnection {
  readonly client: net.Socket;
  readonly server: net.Socket;
}

/** Sees all bytes, and says of each piece whether it is passed on. */
export interface Traffic {
  readonly toServer?: (bytes: Buffer, connection: ProxiedConnection) => boolean;
  readonly toClient?: (bytes: Buffer, connection: ProxiedConnection) => boolean;
}

export interface TcpProxy {
  readonly port: number;
  /** Those that are open now. */
  readonly connections: ReadonlySet<ProxiedConnection>;
  close(): Promise<void>;
}

const PASS_ON = (): boolean => true;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * A proxy before a server on this machine; when one end of a connection closes, so does the other.
 *
 * @param target asked at each new connection if it is a function
 * @param port where it listens; any free one unless given
 */
export async function tcpProxy(
  target: Address | (() => Address),
  { toServer = PASS_ON, toClient = PASS_ON }: Traffic,
  port = 0,
): Promise<TcpProxy> {
  const connections = new Set<ProxiedConnection>();
  const listener = net.createServer((client) => {
    const server = net.connect(typeof target === 'function' ? target() : target);
    const connection = { client, server };
    connections.add(connection);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        connections.delete(connection);
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (toServer(bytes, connection)) server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (toClient(bytes, connection)) client.write(bytes);
    });
  });
  listener.listen(port, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as net.AddressInfo).port,
    connections,
    async close() {
      for (const { client } of connections) client.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** The same URL, but to the proxy. */
export function urlThrough(proxy: TcpProxy, serverUrl: string): string {
  const url = new URL(serverUrl);
  url.port = String(proxy.port);
  return url.href;
}

/** Where a URL's server listens. */
export function targetOf(serverUrl: string): Address {
  const { hostname, port } = new URL(serverUrl);
  return { host: hostname, port: Number(port) };
}
