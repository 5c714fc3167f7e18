import type { ChangeDependencies, ChangeOutcome } from '../../lambdas/domain/change-coupon.ts';
import { changeCoupon } from '../../lambdas/domain/change-coupon.ts';
import type { Propose } from '../../lambdas/domain/coupon-changes.ts';
import type { Coupon, CouponDefinition } from '../../lambdas/domain/coupon.ts';
import { closedGateLookup } from '../../lambdas/domain/closed-gate.ts';
import type { LogEntry } from '../../lambdas/domain/record-plan.ts';
import type { RestoreDependencies, RestoreResult } from '../../lambdas/domain/restore-gate.ts';
import { restoreGate } from '../../lambdas/domain/restore-gate.ts';
import type { IssueDependencies, IssueOutcome } from '../../lambdas/domain/issue-coupon.ts';
import { issueCoupon } from '../../lambdas/domain/issue-coupon.ts';
import { issuanceId } from '../../lambdas/domain/issuance.ts';
import type { SweepReport } from '../../lambdas/functions/sweep/sweep-pending.ts';
import { sweepPending } from '../../lambdas/functions/sweep/sweep-pending.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { MemoryClaimLog } from '../fakes/memory-claim-log.ts';
import { MemoryLedger } from '../fakes/memory-ledger.ts';
import { MemoryStockGate } from '../fakes/memory-stock-gate.ts';
import { definition, ids, newCouponId, operator } from './samples.ts';

const PUBLISH_BUDGET_MS = 3_000;
export const SWEEP_AGE_MS = 4_000;

/** The whole protocol over the fakes, by a clock that the test moves. */
export class ProtocolBench {
  readonly clock = new ManualClock();
  readonly gate = new MemoryStockGate(() => this.clock.now());
  readonly log = new MemoryClaimLog(this.clock);
  readonly ledger = new MemoryLedger(() => this.clock.now());
  readonly restoreSettings = {
    settleMs: 4_000,
    drainMs: 5_000,
    drainPollMs: 100,
    leaseMs: 8_000,
    chunkSize: 2,
    forgetAfterMs: 600_000,
  };
  readonly restoreRequests: string[] = [];
  readonly faults: string[] = [];
  /** Versions by which the cache was told. */
  readonly shown: number[] = [];
  readonly #restores = {
    request: (couponId: string): Promise<void> => {
      this.restoreRequests.push(couponId);
      return Promise.resolve();
    },
  };
  readonly #coupons = closedGateLookup(
    this.ledger,
    this.#restores,
    this.clock,
    this.restoreSettings.forgetAfterMs,
    (what) => this.faults.push(what),
  );

  async newCoupon(changes: Partial<CouponDefinition> = {}): Promise<Coupon> {
    const now = this.clock.now();
    const window = { issueStartsAt: now - 1_000, issueEndsAt: now + 3_600_000 };
    return this.ledger.createCoupon(newCouponId(), definition({ ...window, ...changes }), operator);
  }

  async openCoupon(changes: Partial<CouponDefinition> = {}): Promise<string> {
    const { id } = await this.newCoupon(changes);
    const result = await this.restore(id);
    if (result !== 'opened') throw new Error(`the gate did not open: ${result}`);
    return id;
  }

  claim(
    couponId: string,
    userId: string,
    idempotencyKey?: string,
    changes: Partial<IssueDependencies> = {},
  ): Promise<IssueOutcome> {
    const claim = { couponId, userId, idempotencyKey };
    return issueCoupon(claim, { ...this.issueDependencies, ...changes });
  }

  get issueDependencies(): IssueDependencies {
    return {
      gate: this.gate,
      log: this.log,
      ledger: this.ledger,
      coupons: this.#coupons,
      identifiers: ids,
      clock: this.clock,
      connectWaitMs: 1_000,
      publishBudgetMs: PUBLISH_BUDGET_MS,
      onFault: (what) => this.faults.push(what),
    };
  }

  /** The id of a user's issuance, where one a user is allowed. */
  idOf(couponId: string, userId: string): string {
    return issuanceId(couponId, ids.issuanceDigest(couponId, userId, ''));
  }

  restore(couponId: string, changes: Partial<RestoreDependencies> = {}): Promise<RestoreResult> {
    return restoreGate(couponId, {
      gate: this.gate,
      ledger: this.ledger,
      leases: this.ledger,
      log: this.log,
      clock: this.clock,
      holder: 'bench',
      settings: this.restoreSettings,
      ...changes,
    });
  }

  change(
    couponId: string,
    propose: Propose,
    changes: Partial<ChangeDependencies> = {},
  ): Promise<ChangeOutcome> {
    return changeCoupon(couponId, propose, operator, {
      gate: this.gate,
      ledger: this.ledger,
      cache: {
        replace: ({ version }) => {
          this.shown.push(version);
          return Promise.resolve();
        },
      },
      restores: this.#restores,
      settings: this.restoreSettings,
      onFault: (what) => this.faults.push(what),
      ...changes,
    });
  }

  sweep(couponId: string): Promise<SweepReport> {
    return sweepPending(couponId, {
      gate: this.gate,
      log: this.log,
      clock: this.clock,
      connectWaitMs: 1_000,
      publishBudgetMs: PUBLISH_BUDGET_MS,
      minAgeMs: SWEEP_AGE_MS,
    });
  }

  /** Records all that stands in the log and is not yet committed. */
  async record(): Promise<void> {
    const entries: LogEntry[] = this.log.records
      .map(({ value }, offset) => ({
        topic: this.log.topic,
        partition: 0,
        offset: String(offset),
        key: undefined,
        value: Buffer.from(value),
        headers: [],
      }))
      .slice(this.log.committed);
    const end = this.log.committed + entries.length;
    await this.ledger.storeBatch(entries);
    this.log.committed = Math.max(this.log.committed, end);
  }
}
