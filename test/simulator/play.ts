import fc from 'fast-check';
import type { Step } from './story.ts';
import { definition, operator } from '../support/samples.ts';
import { startFirstGate } from './actors.ts';
import { catchUp } from './disturbances.ts';
import { endWell } from './rest.ts';
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

/** Plays the story of a seed; of one that breaks a promise, the shortest that still does. */
export async function play(seed: number, shrinks = 2_000): Promise<Played> {
  let played: Played = { seed, trace: [], violations: [] };
  const result = await fc.check(
    fc.asyncProperty(story, async ([beginning, steps]) => {
      const { trace, violations } = await tell(beginning, steps);
      const isBroken = violations.length > 0;
      if (isBroken || played.violations.length === 0) played = { seed, trace, violations };
      return !isBroken;
    }),
    { seed, numRuns: 1, unbiased: true, endOnFailure: shrinks === 0 },
  );
  void result;
  return played;
}

async function tell(beginning: Beginning, steps: Iterable<Step>): Promise<World> {
  const world = await begin(beginning);
  await fc.asyncModelRun(() => ({ model: { world }, real: { world } }), steps);
  await endWell(world);
  return world;
}

async function begin({
  quantity,
  perUserLimit,
  startsIn,
  endsIn,
  isOpen,
}: Beginning): Promise<World> {
  const world = new World();
  world.say(
    `a coupon with ${quantity} units, ${perUserLimit} a user, from ${startsIn} to ${endsIn} ms`,
  );
  const window = { issueStartsAt: START + startsIn, issueEndsAt: START + endsIn };
  await world.ledger.createCoupon(
    COUPON_ID,
    definition({ quantity, perUserLimit, ...window }),
    operator,
  );
  if (isOpen) {
    world.isCalm = true;
    await startFirstGate(world);
    world.isCalm = false;
    world.say('its gate is open');
    catchUp(world);
  }
  return world;
}
