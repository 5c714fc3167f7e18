import fc from 'fast-check';
import type { World } from './world.ts';

/** In a box, for fast-check's models are plain objects. */
interface Stage {
  readonly world: World;
}

/** What happens next; the world is the model, too: it says what can happen. */
export type Step = fc.AsyncCommand<Stage, Stage>;

/** Of each kind at the same time. */
const MOST = { claim: 9, record: 4, rebuild: 3, sweep: 2, change: 2, grant: 2 } as const;

export const pick = fc.nat(999);

export function step<Choice>(
  choices: fc.Arbitrary<Choice>,
  run: (world: World, choice: Choice) => unknown,
  check: (world: World) => boolean = () => true,
): fc.Arbitrary<Step> {
  return choices.map((choice) => ({
    check: ({ world }) => check(world),
    run: async (_model, { world }) => {
      await run(world, choice);
      await world.settle();
    },
    toString: () => run.name,
  }));
}

/** Starts a process; it goes on at its turns. */
export function starting<Choice>(
  kind: keyof typeof MOST,
  choices: fc.Arbitrary<Choice>,
  start: (world: World, choice: Choice) => unknown,
): fc.Arbitrary<Step> {
  const run = (world: World, choice: Choice): void => void start(world, choice);
  return step(choices, run, (world) => world.count(kind) < MOST[kind]);
}

export function chosen<Item>(items: readonly Item[], which: number): Item | undefined {
  return items[which % Math.max(1, items.length)];
}

export const nothing = fc.constant(undefined);
