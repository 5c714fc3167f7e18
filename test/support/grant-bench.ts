import { newGrantId } from '../../lambdas/adapters/crypto/identifiers.ts';
import type { Grant, GrantSettings } from '../../lambdas/domain/grant.ts';
import type { GrantLease, GrantWork } from '../../lambdas/domain/grant-ledger.ts';
import type { Claim, IssueOutcome } from '../../lambdas/domain/issue-coupon.ts';
import type { GrantWorkReport } from '../../lambdas/functions/grant/work-on-grants.ts';
import { workOnGrants } from '../../lambdas/functions/grant/work-on-grants.ts';
import { MemoryGrants } from '../fakes/memory-grants.ts';
import { ProtocolBench } from './protocol-bench.ts';
import { grantedUsers, operator } from './samples.ts';

/** A call that came to nobody's ears: the process was killed. */
class Killed extends Error {
  override readonly name = 'Killed';
}

type Wrap = <T>(call: () => Promise<T>) => Promise<T>;

/** The protocol bench with grants and those who work on them. */
export class GrantBench extends ProtocolBench {
  readonly grants = new MemoryGrants(() => this.clock.now(), this.ledger);
  readonly settings: GrantSettings = {
    chunkSize: 5,
    claimsPerSecond: 300,
    leaseMs: 10_000,
    runMs: 1_000,
  };
  /** What was asked of the ledger, the gate and the log. */
  calls = 0;
  /** Claims of grants. */
  claims = 0;
  onFault: (what: string, error: unknown) => void = (what) => this.faults.push(what);
  readonly #counted: Wrap = (call) => {
    this.calls += 1;
    return call();
  };
  #wrap = this.#counted;

  constructor() {
    super();
    const { gate, log } = this;
    const claim = gate.claim.bind(gate);
    const confirm = gate.confirm.bind(gate);
    const publish = log.publish.bind(log);
    gate.claim = (...args) => this.#wrap(() => claim(...args));
    gate.confirm = (...args) => this.#wrap(() => confirm(...args));
    log.publish = (...args) => this.#wrap(() => publish(...args));
  }

  async grant(couponId: string, userIds: readonly string[]): Promise<Grant> {
    const order = { id: newGrantId(), couponId, users: grantedUsers(userIds), duplicates: 0 };
    const creation = await this.grants.createGrant(order, operator);
    if (creation.kind !== 'there') throw new Error(`no grant: ${creation.kind}`);
    return creation.grant;
  }

  async grantOf(id: string): Promise<Grant> {
    const grant = await this.grants.findGrant(id);
    if (grant === undefined) throw new Error(`no grant ${id}`);
    return grant;
  }

  /**
   * A run that is killed `before` or `after` its call number `last`: of what it does from then on
   * the world sees nothing, and it never hears of that call's result.
   */
  async workUntilKilled(last: number, fate: 'before' | 'after'): Promise<void> {
    let made = 0;
    this.#wrap = async (call) => {
      made += 1;
      if (made > last || (made === last && fate === 'before')) throw new Killed(String(made));
      const result = await call();
      if (made >= last) throw new Killed(String(made));
      return result;
    };
    await this.work('killed').catch(() => undefined);
    this.#wrap = this.#counted;
  }

  /** One run of a worker. */
  work(holder = 'worker'): Promise<GrantWorkReport> {
    const { grants, clock, settings } = this;
    const wrap: Wrap = (call) => this.#wrap(call);
    const work: GrantWork = {
      openGrants: () => wrap(() => grants.openGrants()),
      pendingUsers: (...args) => wrap(() => grants.pendingUsers(...args)),
      settle: (...args) => wrap(() => grants.settle(...args)),
    };
    const lease: GrantLease = {
      take: (...args) => wrap(() => grants.take(...args)),
      release: (...args) => wrap(() => grants.release(...args)),
    };
    const issue = ({ couponId, userId, idempotencyKey }: Claim): Promise<IssueOutcome> => {
      this.claims += 1;
      return this.claim(couponId, userId, idempotencyKey);
    };
    const { onFault } = this;
    return workOnGrants({ work, lease, issue, clock, holder, settings, onFault });
  }
}
