import type { FaultRow } from '../bench/row.ts';

/** Claims while the gate is away, then while it is built anew. */
const GATE_IS_AWAY = ['503 gate_closed', '503 unavailable', '503 outcome_unknown'];

export const valkeyRows: readonly FaultRow[] = [
  {
    id: '1',
    title: 'Valkey is killed',
    injection: 'kill -9 under claims; an empty one is started in its place',
    inEveryRun: true,
    answers: GATE_IS_AWAY,
    says: [],
    async strike({ bench, spike }) {
      const hits = await spike.isBusy(3);
      await bench.kill('valkey');
      spike.healed();
      return hits;
    },
  },
];
