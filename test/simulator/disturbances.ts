import type { ClaimRecord } from '../../lambdas/domain/claim-record.ts';
import type { LogEntry } from '../../lambdas/domain/record-plan.ts';
import { loadedClaim } from '../support/samples.ts';
import type { World } from './world.ts';
import { COUPON_ID } from './world.ts';

/** What clocks may differ by, see CLOCK_SKEW_MS. */
const MOST_SKEW_MS = 59 * 60_000;
const WEEK_MS = 8 * 24 * 60 * 60_000;

/** FLUSHALL, which replicas hear of, too. */
export function loseGate(world: World): void {
  world.say('the gate is lost');
  world.gate.flush();
  world.replica = new Map();
}

/** Its data is there again; it is another server. */
export function restartServer(world: World): void {
  world.say("the gate's server is restarted");
  world.primary = { ...world.primary, runId: `${world.primary.runId}'` };
  takeRole(world);
}

export function catchUp(world: World): void {
  world.say('the replica catches up');
  world.replica = world.gate.replica();
}

/** What the replica has not heard of is gone; the old primary then follows it. */
export function promoteReplica(world: World): void {
  world.say('the replica is promoted, without what it had not heard of');
  const runId = world.primary.runId.startsWith('A') ? 'B' : 'A';
  world.primary = { runId, line: world.primary.line + 1 };
  world.gate.takeOver(world.replica);
  takeRole(world);
}

/** The first server is the primary again, with what its replica had. */
export function swapThereAndBack(world: World): void {
  promoteReplica(world);
  promoteReplica(world);
}

function takeRole({ gate, primary }: World): void {
  gate.changeServer(primary.runId, `line ${primary.line}`);
}

export function loseClaim(world: World, pick: number): void {
  const claims = world.gate.look(COUPON_ID)?.claims ?? [];
  const digest = claims[pick % Math.max(1, claims.length)];
  if (digest === undefined) return;
  world.say('the gate loses a claim early');
  world.gate.dropClaim(`${COUPON_ID}_${digest}`);
}

export function setGateClock(world: World, ms: number): void {
  const offset = world.gateOffset + ms;
  world.gateOffset = Math.max(-MOST_SKEW_MS, Math.min(MOST_SKEW_MS, offset));
  world.say(`the gate's clock is now ${world.gateOffset} ms off`);
}

/** Long after the window: only once nothing is on its way any more. */
export function letWeekPass(world: World): void {
  if (world.processes.length + world.network.length > 0 || !world.topic.isCommitted) return;
  world.say('a week passes');
  world.time += WEEK_MS;
}

/** Records that no gate let in. */
export async function poison(world: World, kind: number): Promise<void> {
  const { topic, time } = world;
  if (kind === 0) {
    world.say('a malformed record comes into the log');
    topic.append('poison', '{"v":1,', time);
  } else if (kind === 1) {
    world.say('a record of a coupon that nobody knows comes into the log');
    topic.append('poison', strayRecord('nobodyknows0', 1, time), time);
  } else await overflow(world);
}

/** Set aside because nothing is left; and then delivered again, for it is not committed. */
async function overflow(world: World): Promise<void> {
  const { ledger, topic, locks, network, time } = world;
  const { issued, quantity, epoch, issueStartsAt } = ledger.look(COUPON_ID);
  if (issued < quantity || locks.size > 0 || network.length > 0 || !topic.isCommitted) return;
  topic.append('poison', strayRecord(COUPON_ID, epoch, issueStartsAt), time);
  const entries = topic.partitions.flatMap((_, partition): LogEntry[] => topic.batch(partition, 1));
  const { quarantined } = await ledger.storeBatch(entries);
  world.say(`a stray record is set aside: ${quarantined.map(({ reason }) => reason).join()}`);
}

function strayRecord(couponId: string, epoch: number, acceptedAt: number): string {
  const changes = { sequence: 900, epoch: Math.max(1, epoch), acceptedAt };
  const stray = loadedClaim(couponId, 'mallory', changes);
  const record: ClaimRecord = { ...stray, userId: 'mallory' };
  return JSON.stringify({ v: 1, ...record });
}
