import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { GateStatus } from '../../lambdas/domain/gate.ts';
import type { CouponUnits, Drift } from '../../lambdas/domain/ledger-check.ts';
import { driftOf, sizeOf } from '../../lambdas/domain/ledger-check.ts';

const QUANTITY = 100;

/** A coupon as it is at one moment; claims only go forward. */
interface World {
  given: number;
  confirmed: number;
  published: number;
  rows: number;
  committed: number;
}

/** What may happen next, by chance and in any number; each at most as far as the one before it. */
const steps: Readonly<Record<keyof World, (world: World) => number>> = {
  given: () => QUANTITY,
  published: ({ given }) => given,
  // What was published and never confirmed is swept: confirmed later, published twice.
  confirmed: ({ published }) => published,
  rows: ({ published }) => published,
  committed: ({ rows }) => rows,
};

function advance(world: World, moves: readonly (readonly [keyof World, number])[]): void {
  for (const [what, by] of moves) world[what] = Math.min(steps[what](world), world[what] + by);
}

function units(world: World, changes: Partial<CouponUnits> = {}): CouponUnits {
  const { rows } = world;
  const terms = { couponId: 'q1w2e3r4t5y6', quantity: QUANTITY, epoch: 3, version: 2 };
  return { ...terms, isOpen: true, issued: rows, rows, ...changes };
}

function gateOf(world: World, changes: object = {}): GateStatus {
  const { given, confirmed } = world;
  const terms = { kind: 'open', epoch: 3, version: 2, quantity: QUANTITY, restricted: false };
  return { ...terms, given, pending: given - confirmed, ...changes } as GateStatus;
}

const moves = fc.array(
  fc.tuple(
    fc.constantFrom<keyof World>('given', 'published', 'confirmed', 'rows', 'committed'),
    fc.integer({ min: 1, max: 40 }),
  ),
  { maxLength: 12 },
);
/** Before and between the five readings. */
const history = fc.array(moves, { minLength: 5, maxLength: 5 });

/** Reads as the function does, while the world goes on. */
function checked(
  phases: readonly (readonly (readonly [keyof World, number])[])[],
  lost = 0,
): Drift {
  const world: World = { given: lost, confirmed: lost, published: 0, rows: 0, committed: 0 };
  // A lost claim is confirmed, and nowhere else.
  const going = (phase: number): void => {
    world.given -= lost;
    world.confirmed -= lost;
    advance(world, phases[phase] ?? []);
    world.given += lost;
    world.confirmed += lost;
  };
  going(0);
  const before = units(world);
  going(1);
  const gate = gateOf(world);
  going(2);
  const end = world.published;
  going(3);
  const { committed } = world;
  going(4);
  const drift = driftOf({ before, gate, unrecorded: end - committed, after: units(world) });
  if (drift === undefined) throw new Error('nothing is known');
  return drift;
}

describe('a ledger check', () => {
  it('makes no drift up, whatever goes on while it reads', () => {
    fc.assert(
      fc.property(history, (phases) => {
        expect(sizeOf(checked(phases))).toBe(0);
      }),
      { numRuns: 3_000 },
    );
  });

  it('tells no more than what is lost, and all of it at rest', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 5 }), (phases, lost) => {
        expect(checked(phases, lost).lost).toBeLessThanOrEqual(lost);
        const atRest = (['given', 'published', 'confirmed', 'rows', 'committed'] as const).map(
          (what) => [what, QUANTITY] as const,
        );
        expect(checked([atRest, [], [], [], []], lost).lost).toBe(lost);
      }),
    );
  });

  const world: World = { given: 10, confirmed: 10, published: 10, rows: 10, committed: 10 };
  const reading = { before: units(world), gate: gateOf(world), unrecorded: 0, after: units(world) };

  it.each([
    ['a closed gate', { gate: { kind: 'closed', why: 'building', version: 2 } as GateStatus }],
    ['the gate of an epoch that is over', { after: units(world, { epoch: 4 }) }],
    ['a gate of the next epoch', { gate: gateOf(world, { epoch: 4 }) }],
  ])('says nothing of %s', (_, changes) => {
    expect(driftOf({ ...reading, ...changes })).toBeUndefined();
  });

  it.each<[string, object, Partial<Drift>, number]>([
    ['nothing, where all is well', {}, {}, 0],
    [
      'a deleted row, once',
      { after: units(world, { rows: 9 }), before: units(world, { rows: 9 }) },
      { counter: 1, lost: 1 },
      1,
    ],
    ['rows that the gate does not know', { before: units(world, { rows: 12 }) }, { unknown: 2 }, 2],
    [
      'another quantity in the same terms',
      { gate: gateOf(world, { quantity: 97 }) },
      { quantity: 3 },
      3,
    ],
    [
      'no other quantity while a change is on its way',
      { gate: gateOf(world, { quantity: 97, version: 1 }) },
      {},
      0,
    ],
    [
      'no other quantity of a gate that a change has limited',
      { gate: gateOf(world, { quantity: 97, restricted: true }) },
      {},
      0,
    ],
  ])('tells %s', (_, changes, expected, size) => {
    const drift = driftOf({ ...reading, ...changes });
    expect(drift).toEqual({ counter: 0, lost: 0, unknown: 0, quantity: 0, ...expected });
    expect(drift && sizeOf(drift)).toBe(size);
  });
});
