import type { Clock, Deadline } from '../../domain/deadline.ts';
import { deadlineAfter, isPast } from '../../domain/deadline.ts';
import type { GrantSettings } from '../../domain/grant.ts';
import { grantOutcome } from '../../domain/grant.ts';
import type {
  GrantLease,
  GrantUser,
  GrantWork,
  OpenGrant,
  SettledUser,
} from '../../domain/grant-ledger.ts';
import type { Claim, IssueOutcome } from '../../domain/issue-coupon.ts';

export interface GrantWorkDependencies {
  readonly work: GrantWork;
  readonly lease: GrantLease;
  readonly issue: (claim: Claim) => Promise<IssueOutcome>;
  readonly clock: Clock;
  readonly holder: string;
  readonly settings: GrantSettings;
  readonly onFault: (what: string, error: unknown) => void;
}

export interface GrantWorkReport {
  /** Users who got an outcome. */
  settled: number;
  /** Ids of grants that have all their outcomes. */
  readonly finished: string[];
  /** Ids of grants that got no further: the next run goes on with them. */
  readonly waiting: string[];
}

/**
 * Works on all open grants, a chunk of each in turn, until none gets further or the time is up.
 *
 * A grant's claim is a claim like any other, with the grant's id as its key. So nothing depends on
 * where a worker ends, or on how many there are: a user without an outcome is claimed for again,
 * and the same claim gives the same issuance.
 */
export async function workOnGrants(dependencies: GrantWorkDependencies): Promise<GrantWorkReport> {
  const { lease, clock, holder, settings, onFault } = dependencies;
  const report: GrantWorkReport = { settled: 0, finished: [], waiting: [] };
  const end = deadlineAfter(clock, settings.runMs);
  // Once more after the lease was given back: whoever was turned away by it may have come with a
  // grant that was not there yet when this worker looked last.
  while ((await openGrants(dependencies, report)).length > 0) {
    if (isPast(clock, end) || !(await lease.take(holder, settings.leaseMs))) break;
    try {
      await workInTurn(dependencies, report, end);
    } finally {
      await lease.release(holder).catch((error: unknown) => {
        onFault('grant lease', error);
      });
    }
  }
  return report;
}

async function openGrants(
  { work }: GrantWorkDependencies,
  { waiting }: GrantWorkReport,
): Promise<OpenGrant[]> {
  return (await work.openGrants()).filter(({ id }) => !waiting.includes(id));
}

/** A chunk of each grant in turn, so that a short one does not wait for a long one. */
async function workInTurn(
  dependencies: GrantWorkDependencies,
  report: GrantWorkReport,
  end: Deadline,
): Promise<void> {
  const { lease, clock, holder, settings } = dependencies;
  for (
    let open = await openGrants(dependencies, report);
    open.length > 0;
    open = await openGrants(dependencies, report)
  ) {
    for (const grant of open) {
      if (isPast(clock, end) || !(await lease.take(holder, settings.leaseMs))) return;
      await attempt(grant, dependencies, report);
    }
  }
}

/** One that fails does not keep the others waiting. */
async function attempt(
  grant: OpenGrant,
  dependencies: GrantWorkDependencies,
  report: GrantWorkReport,
): Promise<void> {
  try {
    await advance(grant, dependencies, report);
  } catch (error) {
    dependencies.onFault('grant', error);
    report.waiting.push(grant.id);
  }
}

/** Claims for the grant's next users, and keeps what came of it. */
async function advance(
  grant: OpenGrant,
  { work, issue, clock, settings, onFault }: GrantWorkDependencies,
  report: GrantWorkReport,
): Promise<void> {
  const { chunkSize, claimsPerSecond } = settings;
  const begun = clock.monotonic();
  const users = await work.pendingUsers(grant.id, chunkSize);

  const claimFor = async ({ position, userId }: GrantUser): Promise<SettledUser[]> => {
    const claim = { couponId: grant.couponId, userId, idempotencyKey: grant.id };
    try {
      const outcome = grantOutcome(await issue(claim), grant);
      return outcome === undefined ? [] : [{ position, outcome }];
    } catch (error) {
      // Its outcome is not known, or a server is away: it is claimed for again.
      onFault('grant claim', error);
      return [];
    }
  };
  const settled = (await Promise.all(users.map(claimFor))).flat();

  const isFinished = await work.settle(grant.id, settled);
  report.settled += settled.length;
  if (isFinished) report.finished.push(grant.id);
  else if (settled.length === 0) report.waiting.push(grant.id);

  const fairMs = Math.ceil((users.length * 1_000) / claimsPerSecond);
  await clock.sleep(Math.max(0, fairMs - (clock.monotonic() - begun)));
}
