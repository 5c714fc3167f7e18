import fc from 'fast-check';
import { proposeControl, proposePatch } from '../../lambdas/domain/coupon-changes.ts';
import type { ControlVerb } from '../../lambdas/domain/coupon-changes.ts';
import {
  orderGrant,
  startChange,
  startClaim,
  startFirstGate,
  startGrants,
  startRebuild,
  startRecord,
  startSweep,
} from './actors.ts';
import {
  catchUp,
  letWeekPass,
  loseClaim,
  loseGate,
  poison,
  promoteReplica,
  restartServer,
  setGateClock,
  swapThereAndBack,
} from './disturbances.ts';
import type { Fate } from './simulated-process.ts';
import { isDeadly } from './simulated-process.ts';
import type { World } from './world.ts';
import { COUPON_ID } from './world.ts';

/** In a box, for fast-check's models are plain objects. */
interface Stage {
  readonly world: World;
}

/** What happens next; the world is the model, too: it says what can happen. */
export type Step = fc.AsyncCommand<Stage, Stage>;

const USERS = ['anna', 'ben', 'carl', 'dora', 'emil', 'fred', 'gina', 'hugo'] as const;
const KEYS = ['one', 'two', 'three'] as const;

/** Of each kind at the same time. */
const MOST = { claim: 9, record: 4, rebuild: 3, sweep: 2, change: 2, grant: 2 } as const;

const pick = fc.nat(999);

function step<Choice>(
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
function starting<Choice>(
  kind: keyof typeof MOST,
  choices: fc.Arbitrary<Choice>,
  start: (world: World, choice: Choice) => unknown,
): fc.Arbitrary<Step> {
  const run = (world: World, choice: Choice): void => void start(world, choice);
  return step(choices, run, (world) => world.count(kind) < MOST[kind]);
}

function chosen<Item>(items: readonly Item[], which: number): Item | undefined {
  return items[which % Math.max(1, items.length)];
}

const claim = starting(
  'claim',
  fc.tuple(fc.constantFrom(...USERS), fc.constantFrom(...KEYS)),
  (world, [user, key]) => {
    const { perUserLimit } = world.ledger.look(COUPON_ID);
    return startClaim(world, user, perUserLimit > 1 ? key : undefined);
  },
);

const FATES = fc.constantFrom<Fate>(
  'well',
  'well',
  'well',
  'well',
  'well',
  'well',
  'slow',
  'slow',
  'request lost',
  'reply lost',
  'late',
  'late',
  'delayed',
  'killed before',
  'killed after',
);

/** Some turns of one process, well but for the last. */
const turns = step(
  fc.tuple(pick, fc.constantFrom(1, 1, 2, 3, 5, 9, 25), FATES, pick),
  async (world, [which, count, fate, call]) => {
    const process = chosen(world.ready(), which);
    if (process === undefined) return;
    for (let left = count - 1; left > 0; left -= 1) {
      if (!(await world.turn(process, 'well', call))) return;
    }
    await world.turn(process, fate, call);
  },
  (world) => world.ready().length > 0,
);

const deliver = step(
  pick,
  async (world, which) => {
    const late = chosen(
      world.network.filter(({ isReady }) => isReady()),
      which,
    );
    if (late !== undefined) await world.deliver(late);
  },
  ({ network }) => network.length > 0,
);

const freeze = step(
  pick,
  (world, which) => {
    const process = chosen(world.processes, which);
    if (process?.state !== 'awake') return;
    world.say(`${process.name} is frozen`);
    process.freeze();
  },
  ({ processes }) => processes.length > 0,
);

const thaw = step(
  fc.tuple(pick, fc.boolean()),
  (world, [which, wasSuspended]) => {
    const frozen = world.processes.filter(({ state }) => state === 'frozen');
    const process = chosen(frozen, which);
    if (process === undefined) return;
    world.say(`${process.name} is thawed`);
    process.thaw(wasSuspended);
  },
  ({ processes }) => processes.some(({ state }) => state === 'frozen'),
);

const kill = step(
  fc.tuple(pick, fc.constantFrom<Fate>('killed before', 'killed after')),
  async (world, [which, fate]) => {
    const process = chosen(world.ready(), which);
    if (process !== undefined && isDeadly(fate)) await world.turn(process, fate);
  },
  (world) => world.ready().length > 0,
);

const setClock = step(
  fc.tuple(pick, fc.constantFrom(-3_600_000, -5_000, 5_000, 3_600_000)),
  (world, [which, ms]) => {
    const process = chosen(world.processes, which);
    if (process === undefined) return;
    process.setWall(ms);
    world.say(`the clock of ${process.name} is set by ${ms} ms`);
  },
  ({ processes }) => processes.length > 0,
);

const loseLock = step(
  fc.constant(undefined),
  (world) => {
    const lock = world.locks.get(COUPON_ID);
    if (lock === undefined) return;
    world.say(`the database loses the connection of ${lock.holder}`);
    lock.abort();
  },
  ({ locks }) => locks.size > 0,
);

const pass = step(fc.constantFrom(50, 1_000, 3_500, 10_000), (world, ms) => {
  world.say(`${ms} ms pass`);
  world.time += ms;
});

const control = starting(
  'change',
  fc.constantFrom<ControlVerb>('pause', 'pause', 'resume', 'resume', 'resume', 'close'),
  (world, verb) => startChange(world, `to ${verb}`, proposeControl(verb)),
);

const quantity = starting('change', fc.integer({ min: 1, max: 7 }), (world, units) =>
  startChange(world, `a quantity of ${units}`, proposePatch({ quantity: units })),
);

const end = starting('change', fc.constantFrom(1, 5_000, 60_000, 7_200_000), (world, ms) =>
  startChange(
    world,
    `the end in ${ms} ms`,
    proposePatch({ issueEndsAt: world.ledger.look(COUPON_ID).issueStartsAt + ms }),
  ),
);

const grant = step(
  fc.uniqueArray(fc.constantFrom(...USERS), { minLength: 1, maxLength: 3 }),
  (world, users) => orderGrant(world, users),
  ({ grants }) => grants.outcomes().length < 6,
);

const record = starting(
  'record',
  fc.tuple(fc.nat(1), fc.integer({ min: 1, max: 4 }), fc.constantFrom(0, 0, 0, 2)),
  (world, [partition, most, back]) => startRecord(world, partition, most, back),
);

const nothing = fc.constant(undefined);

/** How often, and what. */
const STEPS = {
  claim: [20, claim],
  turns: [60, turns],
  record: [10, record],
  rebuild: [5, starting('rebuild', nothing, startRebuild)],
  firstGate: [1, starting('rebuild', nothing, startFirstGate)],
  sweep: [4, starting('sweep', nothing, startSweep)],
  workOnGrants: [2, starting('grant', nothing, startGrants)],
  grant: [1, grant],
  control: [2, control],
  quantity: [3, quantity],
  end: [1, end],
  deliver: [5, deliver],
  freeze: [3, freeze],
  thaw: [3, thaw],
  kill: [2, kill],
  setClock: [1, setClock],
  loseLock: [1, loseLock],
  pass: [5, pass],
  loseGate: [3, step(nothing, loseGate)],
  restartServer: [1, step(nothing, restartServer)],
  catchUp: [2, step(nothing, catchUp)],
  promoteReplica: [2, step(nothing, promoteReplica)],
  swapThereAndBack: [2, step(nothing, swapThereAndBack)],
  loseClaim: [1, step(pick, loseClaim)],
  gateClock: [1, step(fc.constantFrom(-3_000_000, -2_000, 2_000, 3_000_000), setGateClock)],
  poison: [2, step(fc.constantFrom(0, 1, 2, 2, 2, 2), poison)],
  week: [1, step(nothing, letWeekPass)],
} as const satisfies Record<string, readonly [number, fc.Arbitrary<Step>]>;

type Kind = keyof typeof STEPS;

const EVERYTHING = Object.keys(STEPS) as Kind[];
const REBUILDS: readonly Kind[] = [
  'claim',
  'turns',
  'record',
  'rebuild',
  'freeze',
  'thaw',
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
