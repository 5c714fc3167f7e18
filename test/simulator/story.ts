import fc from 'fast-check';
import type { Step } from './step.ts';
import { STEPS } from './steps.ts';

type Kind = keyof typeof STEPS;

const EVERYTHING = Object.keys(STEPS) as Kind[];
const REBUILDS: readonly Kind[] = [
  'claim',
  'turns',
  'record',
  'rebuild',
  'freeze',
  'thaw',
  'kill',
  'deliver',
  'loseLock',
  'loseGate',
];
const PUBLISHES: readonly Kind[] = [
  'claim',
  'turns',
  'record',
  'sweep',
  'deliver',
  'pass',
  'loseGate',
];
const CHANGES: readonly Kind[] = [
  'claim',
  'turns',
  'quantity',
  'control',
  'end',
  'deliver',
  'pass',
  'loseLock',
];

const MOST_STEPS = 100;

function steps(kinds: readonly Kind[]): fc.Arbitrary<Iterable<Step>> {
  const weighted = kinds.map((kind) => ({ weight: STEPS[kind][0], arbitrary: STEPS[kind][1] }));
  return fc.commands([fc.oneof(...weighted)], { maxCommands: MOST_STEPS, size: 'max' });
}

export interface Beginning {
  readonly quantity: number;
  readonly perUserLimit: number;
  /** Milliseconds from the story's beginning. */
  readonly startsIn: number;
  readonly endsIn: number;
  readonly isOpen: boolean;
}

const beginning: fc.Arbitrary<Beginning> = fc.record({
  quantity: fc.integer({ min: 1, max: 4 }),
  perUserLimit: fc.constantFrom(1, 1, 1, 2),
  startsIn: fc.constantFrom(-1_000, -1_000, -1_000, 3_000),
  endsIn: fc.constantFrom(7_200_000, 7_200_000, 7_200_000, 20_000),
  isOpen: fc.constantFrom(true, true, true, false),
});

/** A whole story: how it begins, and what happens then. Of fewer kinds some happen more often. */
export const story = fc.tuple(
  beginning,
  fc.oneof(
    { weight: 3, arbitrary: steps(EVERYTHING) },
    { weight: 1, arbitrary: steps(REBUILDS) },
    { weight: 1, arbitrary: steps(PUBLISHES) },
    { weight: 1, arbitrary: steps(CHANGES) },
  ),
);
