import { proposeControl, proposePatch } from '../../lambdas/domain/coupon-changes.ts';
import { mayHaveGate } from '../../lambdas/domain/coupon.ts';
import {
  SETTINGS,
  startChange,
  startClaim,
  startGrants,
  startRebuild,
  startRecord,
  startSweep,
} from './actors.ts';
import { checkInvariants } from './facts.ts';
import type { World } from './world.ts';
import { COUPON_ID } from './world.ts';

const HOUR_MS = 3_600_000;
/** Between two runs of the schedules. */
const SCHEDULE_MS = 61_000;
const MOST_ROUNDS = 6;
const MOST_TURNS = 3_000;

/** All is well again: everybody ends, everybody asks again, and all promises are counted. */
export async function endWell(world: World): Promise<void> {
  world.say('all is well again');
  await endProcesses(world);
  world.isCalm = true;
  await comeToRest(world);
  await everybodyAsksAgain(world);
  const demandedSince = await letOthersAsk(world);
  await comeToRest(world);
  checkInvariants(world, demandedSince);
  const { quantity } = world.ledger.look(COUPON_ID);
  const rows = world.ledger.rows.size;
  if (demandedSince < Number.POSITIVE_INFINITY && rows !== quantity) {
    world.violation(`I6: ${rows} rows of ${quantity}, though everybody asked`);
  }
}

async function endProcesses(world: World): Promise<void> {
  world.isKafkaAway = false;
  for (const process of world.processes) if (process.state === 'frozen') process.thaw(true);
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    const [process] = world.ready();
    const late = world.network.find(({ isReady }) => isReady());
    if (process !== undefined) await world.turn(process, 'well');
    else if (late !== undefined) await world.deliver(late);
    else break;
  }
  for (const { name } of world.processes) world.violation(`${name} never ends`);
}

/** The schedules run until there is nothing left for them to do. */
async function comeToRest(world: World): Promise<void> {
  for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
    world.time += SCHEDULE_MS;
    await startSweep(world);
    await recordAll(world);
    await startGrants(world);
    await recordAll(world);
    await startRebuild(world);
    if (isAtRest(world)) return;
  }
  world.violation('it does not come to rest');
}

async function recordAll(world: World): Promise<void> {
  for (const partition of world.topic.partitions.keys()) await startRecord(world, partition, 1_000);
}

function isAtRest(world: World): boolean {
  const coupon = world.ledger.look(COUPON_ID);
  if (!world.topic.isCommitted) return false;
  const gate = world.gate.look(COUPON_ID);
  if (gate === undefined) return !mayHaveGate(coupon, world.time, SETTINGS.forgetAfterMs);
  const isTold = gate.version === coupon.version && !gate.restricted;
  return isTold && gate.epoch === coupon.epoch && gate.pending.length === 0;
}

async function everybodyAsksAgain(world: World): Promise<void> {
  const claims = new Map(
    world.replies.map(({ userId, idempotencyKey }) => [
      `${userId} ${idempotencyKey ?? ''}`,
      { userId, idempotencyKey },
    ]),
  );
  for (const { userId, idempotencyKey } of claims.values()) {
    await claimWell(world, userId, idempotencyKey);
  }
}

/** With all well there is an answer. */
async function claimWell(world: World, userId: string, key: string | undefined): Promise<string> {
  await startClaim(world, userId, key);
  const { status = 0, code = '' } = world.replies.at(-1) ?? {};
  if (status >= 500 || status === 0) {
    world.violation(`${userId} is told ${status} ${code}, though all is well`);
  }
  return code;
}

/**
 * Whoever wants one gets one: as long as the coupon can still be issued, its window is extended and
 * strangers ask until it is sold out. Returns since when, or never.
 */
async function letOthersAsk(world: World): Promise<number> {
  const { control, issueStartsAt } = world.ledger.look(COUPON_ID);
  if (control === 'closed') return Number.POSITIVE_INFINITY;
  world.time = Math.max(world.time, issueStartsAt + HOUR_MS);
  const issueEndsAt = world.time + 3 * HOUR_MS;
  await startChange(world, 'a later end', proposePatch({ issueEndsAt }));
  await startChange(world, 'it to go on', proposeControl('resume'));
  await comeToRest(world);
  const since = world.time;
  const { quantity, perUserLimit } = world.ledger.look(COUPON_ID);
  const key = perUserLimit > 1 ? 'one' : undefined;
  for (let i = 0; i <= quantity; i += 1) {
    if ((await claimWell(world, `stranger ${i}`, key)) === 'sold_out') break;
  }
  return since;
}
