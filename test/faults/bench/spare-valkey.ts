import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { Redis } from 'ioredis';
import { provideValkey } from '../../../local/servers/valkey/binary.ts';
import type { Address } from '../../support/tcp-proxy.ts';
import { until } from '../../support/until.ts';
import type { FaultBench } from './fault-bench.ts';

/** Starting, and one full synchronisation of a small data set, on a busy machine. */
const PATIENCE_MS = 20_000;

/** A Valkey beside the bench's own, which can take its place. */
export interface SpareValkey {
  readonly address: Address;
  /** A connection of the test's, past all links. */
  readonly client: Redis;
}

/** Starts a replica of the server at `primary`; resolves when it has all that is there. */
export async function startReplica(bench: FaultBench, primary: Address): Promise<SpareValkey> {
  const directory = await mkdtemp(join(tmpdir(), 'coupon-valkey-'));
  const port = await freePort();
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: directory,
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
    // A full synchronisation need not wait for more replicas that may want one.
    'repl-diskless-sync-delay': '0',
  };
  const file = await provideValkey(() => undefined);
  const child = spawn(
    file,
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    {
      stdio: 'ignore',
    },
  );
  bench.add(child, async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(directory, { recursive: true, force: true });
  });
  const address = { host: '127.0.0.1', port };
  const client = directClient(bench, address);
  await until('the spare Valkey answers', PATIENCE_MS, () => client.ping());
  await follow(client, primary);
  return { address, client };
}

/** A connection of the test's to the server that the bench began with, past all links. */
export function directClient(bench: FaultBench, { host, port }: Address): Redis {
  const client = new Redis({ host, port, maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  return bench.add(client, (open) => {
    open.disconnect();
  });
}

/** Makes a server the replica of another; resolves when it has all that is there. */
export async function follow(replica: Redis, { host, port }: Address): Promise<void> {
  await replica.replicaof(host, port);
  await until('the replica has caught up', PATIENCE_MS, async () =>
    (await replica.info('replication')).includes('master_link_status:up') ? true : undefined,
  );
}

export async function promote(replica: Redis): Promise<void> {
  await replica.replicaof('NO', 'ONE');
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}
