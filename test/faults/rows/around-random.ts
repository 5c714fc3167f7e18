import { playFaults, plannedFaults } from '../bench/random-faults.ts';
import type { FaultRow } from '../bench/row.ts';

/** Seeds separated by commas; with others than the first, a row each. */
const SEEDS_VARIABLE = 'FAULT_SEED';
const FIRST_SEED = 1;
const FAULTS = 8;

export const aroundRandomRows: readonly FaultRow[] = seeds().map(randomRow);

/** @throws Error naming the variable whose value makes no sense */
function seeds(): number[] {
  const text = process.env[SEEDS_VARIABLE] ?? String(FIRST_SEED);
  const numbers = text.split(',').map(Number);
  if (numbers.every((seed) => Number.isSafeInteger(seed) && seed > 0)) return numbers;
  throw new Error(`${SEEDS_VARIABLE} is to be whole numbers above 0 separated by commas`);
}

function randomRow(seed: number): FaultRow {
  const faults = plannedFaults(seed, FAULTS);
  const words = faults.map(({ server, kind }) => `${kind} ${server}`);
  return {
    id: seed === FIRST_SEED ? '39' : `39-${seed}`,
    title: `${FAULTS} faults come at random, by seed ${seed}`,
    injection: words.join(', '),
    answers: ['503 gate_closed', '503 unavailable', '503 outcome_unknown'],
    says: [],
    rings:
      seed === FIRST_SEED
        ? ['claims-unsure', 'claims-gate-closed']
        : { any: 'Which faults come is chance' },
    async strike({ bench, spike }) {
      const hits = await playFaults(faults, bench);
      await bench.mend();
      spike.healed();
      return hits;
    },
  };
}
