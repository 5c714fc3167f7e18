import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { provideValkey } from '../../local/servers/valkey/binary.ts';
import { isFree } from '../../local/servers/ports.ts';
import type { CleanUp } from './clean-up.ts';
import { until } from './until.ts';

const PATIENCE_MS = 20_000;
const SLOTS = 16_384;
/** A cluster's bus listens so far above. */
const BUS_OFFSET = 10_000;

export interface ClusterNode {
  readonly port: number;
  readonly id: string;
  /** A connection of the test's. */
  readonly client: Redis;
}

/** Two primaries, each with half of the slots. */
export async function startValkeyCluster(
  cleanUp: CleanUp,
): Promise<readonly [ClusterNode, ClusterNode]> {
  const nodes = [await startNode(cleanUp), await startNode(cleanUp)] as const;
  const [one, other] = nodes;
  await one.client.call('CLUSTER', 'ADDSLOTSRANGE', '0', String(SLOTS / 2 - 1));
  await other.client.call('CLUSTER', 'ADDSLOTSRANGE', String(SLOTS / 2), String(SLOTS - 1));
  await one.client.call('CLUSTER', 'MEET', '127.0.0.1', String(other.port));
  for (const { client } of nodes) {
    await until('the cluster is one', PATIENCE_MS, async () => {
      const info = String(await client.call('CLUSTER', 'INFO'));
      const isWhole = info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:2');
      return isWhole || undefined;
    });
  }
  return nodes;
}

/** One primary with all slots. */
export async function startClusterOfOne(cleanUp: CleanUp): Promise<ClusterNode> {
  const node = await startNode(cleanUp);
  await node.client.call('CLUSTER', 'ADDSLOTSRANGE', '0', String(SLOTS - 1));
  await until('the cluster is whole', PATIENCE_MS, async () => {
    const info = String(await node.client.call('CLUSTER', 'INFO'));
    return info.includes('cluster_state:ok') || undefined;
  });
  return node;
}

/** Has a node tell clients that it is to be reached at this port of `localhost`. */
export async function announce({ client, port }: ClusterNode, front: number): Promise<void> {
  const settings = {
    'cluster-announce-bus-port': port + BUS_OFFSET,
    'cluster-announce-port': front,
    'cluster-announce-hostname': 'localhost',
    'cluster-preferred-endpoint-type': 'hostname',
  };
  for (const [name, value] of Object.entries(settings)) {
    await client.call('CONFIG', 'SET', name, String(value));
  }
}

/** Gives a slot without keys to another node. */
export async function moveSlot(
  slot: number,
  nodes: readonly ClusterNode[],
  to: ClusterNode,
): Promise<void> {
  for (const { client } of [to, ...nodes.filter((node) => node !== to)]) {
    await client.call('CLUSTER', 'SETSLOT', String(slot), 'NODE', to.id);
  }
}

async function startNode(cleanUp: CleanUp): Promise<ClusterNode> {
  const folder = await mkdtemp(join(tmpdir(), 'coupon-valkey-'));
  const port = await freePort();
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    save: '',
    'cluster-enabled': 'yes',
  };
  const child = spawn(
    await provideValkey(() => undefined),
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    { stdio: 'ignore' },
  );
  cleanUp.add(child, async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  });
  const client = new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  cleanUp.add(client, (open) => {
    open.disconnect();
  });
  await until('a node answers', PATIENCE_MS, () => client.ping());
  return { port, client, id: String(await client.call('CLUSTER', 'MYID')) };
}

async function freePort(): Promise<number> {
  for (let port = 15_000 + Math.floor(Math.random() * 4_000); ; port += 1) {
    if ((await isFree(port)) && (await isFree(port + BUS_OFFSET))) return port;
  }
}
