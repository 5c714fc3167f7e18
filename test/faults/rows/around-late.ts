import { expect } from 'expect';
import { LedgerReader } from '../../support/ledger-reader.ts';
import { until } from '../../support/until.ts';
import type { FaultBench } from '../bench/fault-bench.ts';
import { flushAll } from '../bench/flush-all.ts';
import { HeldPublishes } from '../bench/held-publishes.ts';
import type { FaultRow, Stage } from '../bench/row.ts';

const PATIENCE_MS = 30_000;
/** Of the gate that is built after the first. */
const NEXT_EPOCH = 2;

/** By coupon: the claims whose records came late. */
const lateIds = new Map<string, ReadonlySet<string>>();

export const aroundLateRows: readonly FaultRow[] = [
  {
    id: '37',
    title: 'publishes reach Kafka after their gate was lost and another built',
    injection:
      'produce requests held back until the next epoch has its fence, the rest until its gate is open',
    inEveryRun: true,
    answers: ['503 gate_closed', '503 unavailable', '503 outcome_unknown'],
    says: ['late records'],
    rings: ['late-records', 'claims-gate-closed'],
    async strike({ bench, spike }) {
      const held = new HeldPublishes(bench.links.kafka);
      await until('publishes are held', PATIENCE_MS, () => held.count > 0 || undefined);
      // They wait behind the first, for the next.
      await spike.isBusy(20);
      await flushAll(bench.servers.endpoints.valkeyUrl);
      spike.healed();
      await fenceIsStored(bench, spike.couponId);
      held.stopHolding();
      const ids = held.issuanceIds;
      lateIds.set(spike.couponId, ids);
      const [broker = ''] = bench.servers.endpoints.kafkaBrokers;
      const { hostname: host, port } = new URL(`kafka://${broker}`);
      // The group has yet to come to the fence.
      let late = await held.release({ host, port: Number(port) }, Math.ceil(held.count / 2));
      await spike.succeeds();
      late += await held.release({ host, port: Number(port) });
      expect(ids.size).toBeGreaterThan(0);
      return late;
    },
    after: everyoneHasThemByTheNextEpoch,
  },
];

/** The user was told nothing of success, claims again, and gets the same id. */
async function everyoneHasThemByTheNextEpoch({ bench, spike }: Stage): Promise<void> {
  const ids = [...(lateIds.get(spike.couponId) ?? [])];
  const told = bench.flow.shoppers.replies.flatMap(({ issuance }) => issuance?.id ?? []);
  expect(ids.filter((id) => !told.includes(id))).toEqual([]);
  const epochs = await read<{ epoch: number }>(
    bench,
    'SELECT epoch FROM issuances WHERE id = ANY($1)',
    [ids],
  );
  expect(epochs).toEqual(ids.map(() => ({ epoch: NEXT_EPOCH })));
}

async function fenceIsStored(bench: FaultBench, couponId: string): Promise<void> {
  await until('the fence is stored', PATIENCE_MS, async () => {
    const fences = await read(
      bench,
      'SELECT epoch FROM coupon_fences WHERE coupon_id = $1 AND epoch = $2',
      [couponId, NEXT_EPOCH],
    );
    return fences.length > 0 || undefined;
  });
}

async function read<Row extends object>(
  { flow }: FaultBench,
  statement: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const ledger = new LedgerReader(flow.stack.endpoints.databaseUrl);
  try {
    return await ledger.select<Row>(statement, values);
  } finally {
    await ledger.close();
  }
}
