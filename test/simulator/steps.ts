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
import type { Step } from './step.ts';
import { chosen, nothing, pick, starting, step } from './step.ts';
import { COUPON_ID } from './world.ts';

const USERS = ['anna', 'ben', 'carl', 'dora', 'emil', 'fred', 'gina', 'hugo'] as const;
const KEYS = ['one', 'two', 'three'] as const;

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

/** How often, and what. */
export const STEPS = {
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
