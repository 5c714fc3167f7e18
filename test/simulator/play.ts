import fc from 'fast-check';
import { definition, operator } from '../support/samples.ts';
import { startFirstGate } from './actors.ts';
import { catchUp } from './disturbances.ts';
import { endWell } from './rest.ts';
import type { Step } from './step.ts';
import type { Beginning } from './story.ts';
import { story } from './story.ts';
import { COUPON_ID, START, World } from './world.ts';

/** What came of a seed. */
export interface Played {
  readonly seed: number;
  /** Sentences, in the order in which things happened. */
  readonly trace: readonly string[];
  readonly violations: readonly string[];
}

/** How long the shortest story is looked for. */
const SHRINK_MS = 20_000;

/** Plays the story of a seed: the same seed, the same story. */
export function play(seed: number): Promise<Played> {
  return check(seed, { endOnFailure: true });
}

/**
 * The shortest story found that breaks a promise as the seed's does.
 *
 * @param spoil puts a bug into the world before it begins
 */
export function playShortest(seed: number, spoil?: (world: World) => void): Promise<Played> {
  return check(seed, { plugins: [fc.interruptAfterTimeLimit(SHRINK_MS)] }, spoil);
}

async function check(
  seed: number,
  parameters: fc.Parameters<unknown>,
  spoil: (world: World) => void = () => undefined,
): Promise<Played> {
  let played: Played = { seed, trace: [], violations: [] };
  const property = fc.asyncProperty(story, async ([beginning, steps]) => {
    const { trace, violations } = await tell(beginning, steps, spoil);
    const isBroken = violations.length > 0;
    if (isBroken || played.violations.length === 0) played = { seed, trace, violations };
    return !isBroken;
  });
  await fc.check<unknown>(property, { ...parameters, seed, numRuns: 1, unbiased: true });
  return played;
}

async function tell(
  beginning: Beginning,
  steps: Iterable<Step>,
  spoil: (world: World) => void,
): Promise<World> {
  const world = await begin(beginning);
  spoil(world);
  await fc.asyncModelRun(() => ({ model: { world }, real: { world } }), steps);
  await endWell(world);
  return world;
}

async function begin(given: Beginning): Promise<World> {
  const { quantity, perUserLimit, startsIn, endsIn, isOpen } = given;
  const world = new World();
  const units = `${quantity} ${quantity === 1 ? 'unit' : 'units'}, ${perUserLimit} a user`;
  world.say(`a coupon has ${units}; its window is from ${startsIn} to ${endsIn} ms`);
  const window = { issueStartsAt: START + startsIn, issueEndsAt: START + endsIn };
  const changes = { quantity, perUserLimit, ...window };
  await world.ledger.createCoupon(COUPON_ID, definition(changes), operator);
  if (isOpen) {
    world.isCalm = true;
    await startFirstGate(world);
    world.isCalm = false;
    world.say('its gate is open');
    catchUp(world);
  }
  return world;
}
