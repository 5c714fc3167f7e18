import {
  CONNECT_WAIT_MS,
  GRANT_SETTINGS,
  PUBLISH_BUDGET_MS,
  RESTORE_SETTINGS,
  SWEEP_AGE_MS,
} from '../../lambdas/config/limits.ts';
import { changeCoupon } from '../../lambdas/domain/change-coupon.ts';
import { closedGateLookup } from '../../lambdas/domain/closed-gate.ts';
import type { Propose } from '../../lambdas/domain/coupon-changes.ts';
import type { Claim, IssueDependencies, IssueOutcome } from '../../lambdas/domain/issue-coupon.ts';
import { issueCoupon } from '../../lambdas/domain/issue-coupon.ts';
import { openFirstGate } from '../../lambdas/domain/open-first-gate.ts';
import type { Identifiers } from '../../lambdas/domain/ports.ts';
import type { RestoreSettings } from '../../lambdas/domain/restore-gate.ts';
import { restoreGate } from '../../lambdas/domain/restore-gate.ts';
import { workOnGrants } from '../../lambdas/functions/grant/work-on-grants.ts';
import { sweepPending } from '../../lambdas/functions/sweep/sweep-pending.ts';
import type { RecordedReply } from '../../local/invariants/facts.ts';
import { ids, operator } from '../support/samples.ts';
import { claimLogPort, gatePort, ledgerPort, positionsPort } from './ports.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { World } from './world.ts';
import { COUPON_ID } from './world.ts';

/** The product's own, but for what makes a drain many turns long. */
export const SETTINGS: RestoreSettings = {
  ...RESTORE_SETTINGS,
  chunkSize: 2,
  drainMs: 3_000,
  drainPollMs: 1_000,
};

const REBUILDERS = 3;

const known = new Map<string, string>();

function once(key: string, derive: () => string): string {
  const found = known.get(key) ?? derive();
  known.set(key, found);
  return found;
}

/** Derived once for all seeds. */
const identifiers: Identifiers = {
  issuanceDigest: (...parts) => once(parts.join('|'), () => ids.issuanceDigest(...parts)),
  userKey: (userId) => once(userId, () => ids.userKey(userId)),
};

function issueDependencies(world: World, process: SimulatedProcess): IssueDependencies {
  const ledger = ledgerPort(world, process);
  const onFault = (what: string): void => {
    world.say(`${process.name} goes on without it (${what})`);
  };
  const request = (): Promise<void> => {
    void startRebuild(world);
    return Promise.resolve();
  };
  return {
    gate: gatePort(world, process),
    log: claimLogPort(world, process),
    ledger,
    coupons: closedGateLookup(ledger, { request }, process, SETTINGS.forgetAfterMs, onFault),
    identifiers,
    clock: process,
    connectWaitMs: CONNECT_WAIT_MS,
    publishBudgetMs: PUBLISH_BUDGET_MS,
    onFault,
  };
}

/** Who asks, and what they are told. */
export function startClaim(world: World, userId: string, key: string | undefined): Promise<void> {
  const name = key === undefined ? userId : `${userId} with ${key}`;
  return world.start('claim', name, async (process) => {
    const sentAt = (world.time += 1);
    world.say(`${process.name} claims`);
    const reply = (rest: Pick<RecordedReply, 'status' | 'issuance' | 'code'>): void => {
      const receivedAt = (world.time += 1);
      process.onKilled.delete(unanswered);
      const claim = { couponId: COUPON_ID, userId, idempotencyKey: key };
      world.replies.push({ ...claim, ...rest, sentAt, receivedAt });
    };
    const unanswered = (): void => {
      reply({ status: undefined });
    };
    process.onKilled.add(unanswered);
    const claim = { couponId: COUPON_ID, userId, idempotencyKey: key };
    let outcome: IssueOutcome;
    try {
      outcome = await issueCoupon(claim, issueDependencies(world, process));
    } catch (error) {
      reply({ status: 503 });
      throw error;
    }
    const told = replyOf(outcome);
    world.say(`${process.name} is told ${told.status ?? ''} ${told.code ?? outcome.kind}`);
    reply(told);
  });
}

function replyOf(outcome: IssueOutcome): Pick<RecordedReply, 'status' | 'issuance' | 'code'> {
  switch (outcome.kind) {
    case 'accepted':
    case 'repeated': {
      const { id, couponId, userId, sequence, acceptedAt } = outcome.issuance;
      const status = outcome.kind === 'accepted' ? 202 : 200;
      const at = new Date(acceptedAt).toISOString();
      return { status, issuance: { id, couponId, userId, sequence, acceptedAt: at } };
    }
    case 'refused':
      return { status: 409, code: outcome.reason };
    case 'unknown_coupon':
      return { status: 404, code: 'coupon_not_found' };
    case 'gate_closed':
      return { status: 503, code: 'gate_closed' };
  }
}

/** Unless enough are at it already. */
export function startRebuild(world: World): Promise<void> {
  if (world.count('rebuild') >= REBUILDERS) return Promise.resolve();
  return world.start('rebuild', 'a rebuilder', async (process) => {
    if (!world.isCalm) world.say(`${process.name} starts`);
    const ledger = ledgerPort(world, process);
    const result = await restoreGate(COUPON_ID, {
      gate: gatePort(world, process),
      ledger,
      leases: ledger,
      log: positionsPort(world, process),
      clock: process,
      holder: process.name,
      settings: SETTINGS,
    });
    if (!world.isCalm || result !== 'already_open') world.say(`${process.name} ends: ${result}`);
  });
}

export function startFirstGate(world: World): Promise<void> {
  return world.start('rebuild', 'the first opener', async (process) => {
    const ledger = ledgerPort(world, process);
    const gate = gatePort(world, process);
    const settings = SETTINGS;
    await openFirstGate(COUPON_ID, {
      gate,
      ledger,
      leases: ledger,
      holder: process.name,
      settings,
    });
  });
}

export function startSweep(world: World): Promise<void> {
  return world.start('sweep', 'a sweeper', async (process) => {
    await sweepPending(COUPON_ID, {
      gate: gatePort(world, process),
      log: claimLogPort(world, process),
      clock: process,
      connectWaitMs: CONNECT_WAIT_MS,
      publishBudgetMs: PUBLISH_BUDGET_MS,
      minAgeMs: SWEEP_AGE_MS,
    });
  });
}

/** One batch: stored, then committed; as the event source mapping does it. */
export function startRecord(
  world: World,
  partition: number,
  most: number,
  back = 0,
): Promise<void> {
  return world.start('record', `a recorder of partition ${partition}`, async (process) => {
    const batch = world.topic.batch(partition, most, back);
    const last = batch.at(-1);
    if (last === undefined) return;
    await ledgerPort(world, process).storeBatch(batch);
    const next = Number(last.offset) + 1;
    const commit = (): Promise<void> => {
      world.topic.commit(partition, next);
      return Promise.resolve();
    };
    const lost = (): Error => new Error('unreachable');
    await process.ask(`commits up to offset ${next}`, commit, {
      lost: () => Object.assign(lost(), { name: 'LogUnavailable' }),
      unknown: () => Object.assign(lost(), { name: 'LogUnavailable' }),
    });
  });
}

export function startChange(world: World, wish: string, propose: Propose): Promise<void> {
  return world.start('change', 'the operator', async (process) => {
    world.say(`${process.name} wants ${wish}`);
    const outcome = await changeCoupon(COUPON_ID, propose, operator, {
      gate: gatePort(world, process),
      ledger: ledgerPort(world, process),
      cache: { replace: () => Promise.resolve() },
      restores: {
        request: () => {
          void startRebuild(world);
          return Promise.resolve();
        },
      },
      settings: SETTINGS,
      onFault: () => undefined,
    });
    world.say(`${process.name} is told ${outcome.kind}`);
  });
}

export async function orderGrant(world: World, userIds: readonly string[]): Promise<void> {
  const id = `grant-${world.grants.outcomes().length}`.padEnd(22, '-');
  const users = userIds.map((userId) => ({ id: userId, key: identifiers.userKey(userId) }));
  const order = { id, couponId: COUPON_ID, users, duplicates: 0 };
  const { kind } = await world.grants.createGrant(order, operator);
  world.say(`a grant for ${userIds.join(', ')} is ordered: ${kind}`);
}

/** A claim of unknown outcome may be given one after the grant's user was refused: it is told so. */
async function issueForGrant(
  world: World,
  process: SimulatedProcess,
  claim: Claim,
): Promise<IssueOutcome> {
  const { perUserLimit } = world.ledger.look(COUPON_ID);
  const idempotencyKey = perUserLimit > 1 ? claim.idempotencyKey : undefined;
  const unanswered = (): void => {
    const at = world.time;
    world.replies.push({ ...claim, idempotencyKey, status: undefined, sentAt: at, receivedAt: at });
  };
  process.onKilled.add(unanswered);
  try {
    return await issueCoupon(claim, issueDependencies(world, process));
  } catch (error) {
    unanswered();
    throw error;
  } finally {
    process.onKilled.delete(unanswered);
  }
}

export function startGrants(world: World): Promise<void> {
  return world.start('grant', 'a grant worker', async (process) => {
    const { grants } = world;
    const ledgerFaults = ledgerPort(world, process);
    const report = await workOnGrants({
      work: {
        openGrants: () => grants.openGrants(),
        pendingUsers: (...args) => grants.pendingUsers(...args),
        settle: async (...args) => {
          await ledgerFaults.findCoupon(COUPON_ID);
          return grants.settle(...args);
        },
      },
      lease: grants,
      issue: (claim) => issueForGrant(world, process, claim),
      clock: process,
      holder: process.name,
      settings: { ...GRANT_SETTINGS, chunkSize: 3, runMs: 5_000 },
      onFault: (what) => {
        world.say(`${process.name} goes on without it (${what})`);
      },
    });
    if (report.settled > 0) world.say(`${process.name} settles ${report.settled} users`);
  });
}
