import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { gateKeys } from '../../../lambdas/adapters/valkey/gate-scripts.ts';
import { targetOf, type Address } from '../../support/tcp-proxy.ts';
import { until } from '../../support/until.ts';
import type { FaultBench } from '../bench/fault-bench.ts';
import { Link } from '../bench/link.ts';
import type { FaultRow, Stage } from '../bench/row.ts';
import { directClient, follow, promote, startReplica } from '../bench/spare-valkey.ts';
import { splitClients } from '../bench/valkey-split.ts';
import { countErrors } from '../bench/valkey-traffic.ts';
import { GATE_IS_AWAY, REBUILT } from './valkey.ts';

/** The name of the primary goes on leading to the old one for so long. */
const STALE_NAME_MS = 1_000;
/** `min-replicas-max-lag`; Valkey counts in whole seconds, once a second. */
const MAX_LAG_S = 2;
/** A replica is promoted no sooner than the old primary has noticed that it is alone. */
const DETECTION_MS = (MAX_LAG_S + 3) * 1_000;

export const valkeyFailoverRows: readonly FaultRow[] = [
  {
    id: '2',
    title: 'a replica takes over that lacks the last claims',
    injection:
      'replication muted, then kill -9 of the primary under claims; the replica is promoted',
    answers: GATE_IS_AWAY,
    says: REBUILT,
    rings: ['claims-gate-closed'],
    async strike(stage) {
      const { bench, spike } = stage;
      const { replica, before } = await replicaLeftBehind(stage);
      return await bench.servers.whileStopped(
        'valkey',
        async () => {
          await promote(replica.client);
          bench.links.valkey.retarget(replica.address);
          spike.healed();
          return before - (await claimsIn(replica.client, spike.couponId));
        },
        'SIGKILL',
      );
    },
    after: ({ bench }) => backToOriginal(bench),
  },
  {
    id: '2b',
    title: 'primary and replica change places and back',
    injection: 'replication muted, then both promoted in turn under claims; no process ends',
    inEveryRun: true,
    answers: GATE_IS_AWAY,
    says: REBUILT,
    rings: ['claims-gate-closed'],
    async strike(stage) {
      const { spike } = stage;
      const { primary, replica, before } = await replicaLeftBehind(stage);
      await promote(replica.client);
      const hits = before - (await claimsIn(replica.client, spike.couponId));
      await follow(primary, replica.address);
      await promote(primary);
      spike.healed();
      return hits;
    },
  },
  {
    id: '3',
    title: 'there are two primaries for a while',
    injection:
      'a replica is promoted while the old primary lives on, alone, and keeps some of its clients; ' +
      'min-replicas-to-write 1; its refusals are counted',
    options: { environments: 2 },
    answers: GATE_IS_AWAY,
    says: [...REBUILT, 'server away'],
    rings: ['claims-gate-closed', 'claims-unsure'],
    async strike({ bench, spike }) {
      const old = directClient(bench, original(bench));
      const way = await wayToReplica(bench);
      const next = await startReplica(bench, { host: '127.0.0.1', port: way.port });
      await startReplica(bench, next.address);
      for (const server of [old, next.client]) {
        await server.config('SET', 'min-replicas-max-lag', MAX_LAG_S);
        await server.config('SET', 'min-replicas-to-write', 1);
      }
      const split = splitClients(bench.links.valkey);
      await spike.succeeds(50);
      way.spoil(() => 'drop');
      await sleep(DETECTION_MS);
      await promote(next.client);
      bench.links.valkey.retarget(next.address);
      split.leaveOneBehind();
      await until('the new primary gives', 30_000, async () =>
        (await given(next.client, spike.couponId)) > 0 ? true : undefined,
      );
      await sleep(STALE_NAME_MS);
      const hits = split.refused();
      await follow(old, next.address);
      spike.healed();
      return hits;
    },
    after: async ({ bench }) => {
      await directClient(bench, original(bench)).config('SET', 'min-replicas-to-write', 0);
      await backToOriginal(bench);
    },
  },
  {
    id: '9',
    title: 'the primary has become a replica',
    injection: 'roles swapped in order; connections stay, and meet READONLY, which is counted',
    answers: GATE_IS_AWAY,
    says: [...REBUILT, 'server away'],
    rings: ['claims-gate-closed', 'claims-unsure'],
    async strike({ bench, spike }) {
      const old = directClient(bench, original(bench));
      const next = await startReplica(bench, original(bench));
      const hits = countErrors(bench.links.valkey, 'READONLY');
      await spike.isBusy(1);
      await promote(next.client);
      await follow(old, next.address);
      await sleep(STALE_NAME_MS);
      bench.links.valkey.retarget(next.address);
      spike.healed();
      await spike.succeeds(1);
      return hits();
    },
    after: ({ bench }) => backToOriginal(bench),
  },
];

function original(bench: FaultBench): Address {
  return targetOf(bench.servers.endpoints.valkeyUrl);
}

/** What a replica hears from the bench's own Valkey. */
async function wayToReplica(bench: FaultBench): Promise<Link> {
  return bench.add(await Link.open(original(bench)), (opened) => opened.close());
}

/** A replica that hears nothing any more, and the claims that its primary has by now. */
async function replicaLeftBehind({ bench, spike }: Stage): Promise<LeftBehind> {
  const primary = directClient(bench, original(bench));
  const way = await wayToReplica(bench);
  const replica = await startReplica(bench, { host: '127.0.0.1', port: way.port });
  way.mute('replies');
  await spike.succeeds(50);
  return { primary, replica, before: await claimsIn(primary, spike.couponId) };
}

interface LeftBehind {
  readonly primary: Redis;
  readonly replica: Awaited<ReturnType<typeof startReplica>>;
  readonly before: number;
}

/** The next row begins with the bench's own Valkey as the primary. */
async function backToOriginal(bench: FaultBench): Promise<void> {
  await promote(directClient(bench, original(bench)));
  bench.links.valkey.retarget(original(bench));
  bench.links.valkey.cut();
}

function claimsIn(valkey: Redis, couponId: string): Promise<number> {
  return valkey.hlen(gateKeys(couponId)[1]);
}

/** Claims let in by the gate that stands there, 0 while it is none of this server's. */
async function given(valkey: Redis, couponId: string): Promise<number> {
  const [gateKey] = gateKeys(couponId);
  const runId = /run_id:(\w+)/.exec(await valkey.info('server'))?.[1];
  const [owner, building, count] = await valkey.hmget(gateKey, 'runId', 'building', 'given');
  return owner === runId && building === null ? Number(count) : 0;
}
