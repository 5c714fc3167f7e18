import type { ProxiedConnection } from './tcp-proxy.ts';
import { tcpProxy } from './tcp-proxy.ts';

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
  /** Those whose last request was a produce. */
  const producing = new WeakSet<ProxiedConnection>();

  const proxy = await tcpProxy(target, {
    toServer: (bytes, connection) => {
      if (bytes.readInt16BE(4) === PRODUCE_API_KEY) producing.add(connection);
      else producing.delete(connection);
      return true;
    },
    toClient: (_bytes, connection) => {
      if (!producing.has(connection) || plan.left === 0) return true;
      plan = { ...plan, left: plan.left - 1 };
      spoiled += 1;
      if (plan.how === 'cut') connection.client.destroy();
      return false;
    },
  });

  return {
    port: proxy.port,
    get spoiled() {
      return spoiled;
    },
    spoil(how, count = 1) {
      plan = { how, left: count };
    },
    close: () => proxy.close(),
  };
}
