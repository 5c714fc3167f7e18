import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { gateKeys } from '../../../lambdas/adapters/valkey/gate-scripts.ts';
import { targetOf } from '../../support/tcp-proxy.ts';
import { until } from '../../support/until.ts';
import { isPublish } from '../bench/kafka-traffic.ts';
import type { FaultRow } from '../bench/row.ts';
import { directClient } from '../bench/spare-valkey.ts';
import { callsOf, countErrors } from '../bench/valkey-traffic.ts';
import { GATE_IS_AWAY, REBUILT } from './valkey.ts';

/** A record is on its way to Kafka for most of a second; nothing else is. */
const SLOW_PUBLISH_MS = 800;
const FULL_MS = 3_000;
const BALLAST = 'ballast';

/** Empties the server; returns how many claims of the gate that lost, if the gate is as expected. */
const LOSE_ALL = `
local lost = redis.call('HLEN', KEYS[2])
if redis.call('HEXISTS', KEYS[1], 'building') ~= tonumber(ARGV[1]) then return 0 end
redis.call('FLUSHALL')
return lost`;

export const valkeyMemoryRows: readonly FaultRow[] = [
  {
    id: '4',
    title: 'Valkey is emptied while publishes are slow',
    injection: 'FLUSHALL under claims whose records take most of a second to get to Kafka',
    answers: GATE_IS_AWAY,
    says: REBUILT,
    rings: ['claims-gate-closed'],
    async strike({ bench, spike }) {
      const valkey = directClient(bench, targetOf(bench.servers.endpoints.valkeyUrl));
      bench.links.kafka.delay(SLOW_PUBLISH_MS, isPublish);
      await spike.isBusy(30);
      const hits = await loseAll(valkey, spike.couponId, 'open');
      await sleep(2 * SLOW_PUBLISH_MS);
      await until('a rebuild has begun', 20_000, async () =>
        (await valkey.exists(gateKeys(spike.couponId)[0])) === 1 ? true : undefined,
      );
      bench.links.kafka.mend();
      spike.healed();
      return hits;
    },
  },
  {
    id: '4b',
    title: 'Valkey is emptied while a gate is being loaded',
    injection: 'FLUSHALL twice: under claims, and when half of the claims are loaded again',
    load: { perSecond: 200 },
    answers: GATE_IS_AWAY,
    says: REBUILT,
    rings: ['claims-gate-closed'],
    async strike({ bench, spike }) {
      const valkey = directClient(bench, targetOf(bench.servers.endpoints.valkeyUrl));
      await spike.succeeds(700);
      const isLoad = callsOf('gateLoad');
      const { promise, resolve } = Promise.withResolvers<number>();
      let loads = 0;
      bench.links.valkey.spoil((bytes, direction) => {
        if (direction === 'requests' && isLoad(bytes) && (loads += 1) === 2) {
          // The second piece is still on its way when the first is gone.
          bench.links.valkey.delay(50);
          loseAll(valkey, spike.couponId, 'building').then(resolve, () => {
            resolve(0);
          });
        }
        return 'pass';
      });
      await loseAll(valkey, spike.couponId, 'open');
      const hits = await promise;
      bench.links.valkey.mend();
      spike.healed();
      return hits;
    },
  },
  {
    id: '10',
    title: "Valkey's memory is full",
    injection: 'filled up to maxmemory under claims for 3 s; replies OOM are counted',
    answers: ['503 unavailable'],
    says: ['server away'],
    rings: ['claims-unsure'],
    async strike({ bench, spike }) {
      const valkey = directClient(bench, targetOf(bench.servers.endpoints.valkeyUrl));
      const [, before = ''] = await valkey.config('GET', 'maxmemory');
      await spike.isBusy(3);
      const hits = countErrors(bench.links.valkey, 'OOM');
      try {
        await fill(valkey);
        await sleep(FULL_MS);
      } finally {
        await valkey.del(BALLAST);
        await valkey.config('SET', 'maxmemory', before);
      }
      spike.healed();
      return hits();
    },
  },
];

async function loseAll(
  valkey: Redis,
  couponId: string,
  gate: 'open' | 'building',
): Promise<number> {
  const [gateKey, claims] = gateKeys(couponId);
  const isBuilding = gate === 'building' ? '1' : '0';
  return Number(await valkey.eval(LOSE_ALL, 2, gateKey, claims, isBuilding));
}

/** Up to the last kilobyte, as far as what comes and goes with connections lets one say so. */
async function fill(valkey: Redis): Promise<void> {
  const used = /^used_memory:(\d+)/m.exec(await valkey.info('memory'))?.[1];
  await valkey.config('SET', 'maxmemory', String(Number(used) + 4 * 1024 * 1024));
  const piece = 'x'.repeat(4096);
  for (;;) {
    try {
      await valkey.append(BALLAST, piece);
    } catch {
      return;
    }
  }
}
