import { once } from 'node:events';
import net from 'node:net';

/** A TCP proxy before a Kafka broker that can spoil the reply to a produce request. */
export interface ProduceProxy {
  readonly port: number;
  /** How many produce requests were spoiled so far. */
  readonly spoiled: number;
  /** From now on, for the next `count` produce requests that the broker has answered. */
  spoil(how: 'cut' | 'withhold', count?: number): void;
  close(): Promise<void>;
}

const PRODUCE_API_KEY = 0;

export async function produceProxy(target: { host: string; port: number }): Promise<ProduceProxy> {
  let spoiled = 0;
  let plan: { how: 'cut' | 'withhold'; left: number } = { how: 'cut', left: 0 };
  const sockets = new Set<net.Socket>();

  const server = net.createServer((client) => {
    const broker = net.connect(target);
    let producing = false;
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        broker.destroy();
      });
    }
    client.on('data', (bytes) => {
      producing = bytes.readInt16BE(4) === PRODUCE_API_KEY;
      broker.write(bytes);
    });
    broker.on('data', (bytes) => {
      if (!producing || plan.left === 0) {
        client.write(bytes);
        return;
      }
      plan = { ...plan, left: plan.left - 1 };
      spoiled += 1;
      if (plan.how === 'cut') client.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as net.AddressInfo).port,
    get spoiled() {
      return spoiled;
    },
    spoil(how, count = 1) {
      plan = { how, left: count };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
