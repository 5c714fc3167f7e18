import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'expect';
import { broken, type Flow } from '../../support/flow.ts';
import { until } from '../../support/until.ts';
import { lockCrosswise } from '../bench/crosswise-locks.ts';
import { logFromNow, type LogEntry } from '../bench/functions-log.ts';
import { whileKilled } from '../bench/postgres-processes.ts';
import { PostgresTraffic } from '../bench/postgres-traffic.ts';
import { redeeming } from '../bench/redeeming-row.ts';
import type { FaultRow } from '../bench/row.ts';
import type { Spike } from '../bench/spike.ts';

const DEADLOCK = '40P01';
const DEADLOCKS = 3;
/** A failed batch comes again after at most a second. */
const DELIVERIES = 10;
const PATIENCE_MS = 60_000;
const CLAIM_PAUSE_MS = 20;

/** The second coupon of a row. */
const besides = new WeakMap<Spike, string>();

export const postgresAwayRows: readonly FaultRow[] = [
  {
    id: '29',
    title: 'record transactions and somebody else lock coupons crosswise',
    injection:
      'a session locks the two coupons of the batches in the opposite order; PostgreSQL ends the deadlocks at the cost of record transactions',
    answers: [],
    // They are tried again at once, and nobody needs to know.
    says: [],
    rings: { none: 'The functions try such a batch again by themselves: nobody notices' },
    async strike({ bench, spike }) {
      const other = await bench.flow.createCoupon({ quantity: 10_000 });
      besides.set(spike, other);
      const traffic = new PostgresTraffic();
      bench.links.postgres.spoil(traffic.spoiler);
      const stopping = new AbortController();
      const claims = claimUntil(stopping.signal, bench.flow, other);
      try {
        while ((traffic.errors.get(DEADLOCK) ?? 0) < DEADLOCKS) {
          const url = bench.servers.endpoints.databaseAdminUrl;
          await lockCrosswise(url, [spike.couponId, other]);
        }
      } finally {
        stopping.abort();
        await claims;
      }
      spike.healed();
      return traffic.errors.get(DEADLOCK) ?? 0;
    },
    async after({ bench, spike }) {
      const other = besides.get(spike);
      if (other === undefined) throw new Error('there is no second coupon');
      expect(broken(await bench.flow.invariants(other))).toEqual([]);
    },
  },
  redeeming({
    id: '30',
    title: 'PostgreSQL is away for longer than ten deliveries of a batch',
    injection: 'kill -9; it is started again once a batch has been delivered eleven times in vain',
    answers: [],
    redeemAnswers: ['503 unavailable'],
    says: ['batch not stored', 'server away'],
    rings: ['redemptions-unavailable'],
    async strike({ bench, spike, redeemers }) {
      const log = await logFromNow(bench);
      const deliveries = await whileKilled(bench.servers, () =>
        until('enough deliveries', PATIENCE_MS, async () => {
          const most = mostDeliveries(await log());
          return most > DELIVERIES ? most : undefined;
        }),
      );
      spike.healed();
      redeemers.healed();
      return deliveries;
    },
  }),
];

/** How often the batch that came most often has come: a partition's failed one begins at one place. */
function mostDeliveries(entries: readonly LogEntry[]): number {
  const places = entries
    .filter(({ message }) => message === 'batch not stored')
    .flatMap(({ from }) => from as { partition: number; offset: string }[])
    .map(({ partition, offset }) => `${partition}@${offset}`);
  const counts = [...Map.groupBy(places, (place) => place).values()].map(({ length }) => length);
  return Math.max(0, ...counts);
}

async function claimUntil(stopped: AbortSignal, flow: Flow, couponId: string): Promise<void> {
  for (let n = 1; !stopped.aborted; n += 1) {
    await flow.shoppers.claimUntilSettled(couponId, `beside-${n}`);
    await sleep(CLAIM_PAUSE_MS);
  }
}
