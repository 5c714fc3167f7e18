import { expect, it } from '@jest/globals';
import { play, playShortest } from './play.ts';
import type { World } from './world.ts';

/** Many more: `npm run simulate -- --seeds 100000`. */
const SEEDS = 3_000;
const SOME = 40;

it(
  `no promise is broken in the stories of ${SEEDS} seeds, in which everything happens`,
  async () => {
    const broken: Record<number, readonly string[]> = {};
    const told = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { trace, violations } = await play(seed);
      for (const sentence of trace) told.add(sentence);
      if (violations.length > 0) broken[seed] = violations;
    }
    expect(broken).toEqual({});
    const all = [...told].join('\n');
    expect(HAPPENINGS.filter((happened) => !all.includes(happened))).toEqual([]);
  },
  SEEDS * 60,
);

it('tells the same story for the same seed, whatever was told before', async () => {
  const first: unknown[] = [];
  for (let seed = 1; seed <= SOME; seed += 1) first.push(await play(seed));
  for (let seed = SOME; seed >= 1; seed -= 1) expect(await play(seed)).toEqual(first[seed - 1]);
  const stories = new Set(first.map((played) => JSON.stringify(played)));
  expect(stories.size).toBe(SOME);
});

it('tells the shortest story that it finds of a broken promise', async () => {
  let seed = 1;
  let played = await playShortest(seed, answerUnpublished);
  while (played.violations.length === 0) {
    seed += 1;
    played = await playShortest(seed, answerUnpublished);
  }
  const { trace, violations } = played;
  expect(violations.join()).toMatch(/I3: success .* (came to|is not in) Kafka/);
  const end = trace.indexOf('all is well again');
  const story = trace.slice(0, end);
  expect(story.length).toBeLessThan(20);
  expect(story.join('\n')).toContain('asks the gate: accepted');
});

/** The naive bug: who has a claim is told so, whether it was ever published or not. */
function answerUnpublished({ gate }: World): void {
  const claim = gate.claim.bind(gate);
  gate.claim = async (request) => {
    const outcome = await claim(request);
    if (outcome.kind !== 'pending') return outcome;
    return { kind: 'claimed', issuance: outcome.issuance, ageMs: 0 };
  };
}

/** What a simulator that never comes so far would have shown nothing about. */
const HAPPENINGS = [
  'told 202',
  'told 200',
  'told 409 sold_out',
  'told 409 coupon_paused',
  'told 409 coupon_closed',
  'told 409 issue_ended',
  'told 409 issue_not_started',
  'told 409 user_limit_reached',
  'told 503 gate_closed',
  'asks the gate: pending',
  'asks the gate: closed, missing',
  'asks the gate: closed, building',
  'asks the gate: closed, foreign',
  'asks the gate: closed, drift',
  'the request is lost',
  'the answer is lost',
  'gives up waiting',
  'the request is delayed\n',
  'the answer is on its way',
  'now arrives: anna publishes the claim',
  'too late to be sent',
  'acknowledged too late',
  'is killed',
  'is frozen',
  'is thawed',
  'the database loses the connection of a rebuilder',
  'the database loses the connection of the operator',
  'the gate is lost',
  'the replica is promoted',
  "the gate's clock is now",
  'the clock of anna is set by',
  'a rebuilder ends: opened',
  'a rebuilder ends: superseded',
  'a rebuilder ends: waiting',
  'a rebuilder ends: aligned',
  'loads 2 claims',
  'a malformed record',
  'a record of a coupon that nobody knows',
  'a stray record is set aside: overflow',
  'settles 2 users',
  'a week passes',
  'is told below_given',
];
