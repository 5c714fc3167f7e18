import type { ControlVerb, Propose } from '../../lambdas/domain/coupon-changes.ts';
import { proposeControl, proposePatch } from '../../lambdas/domain/coupon-changes.ts';
import type { Coupon } from '../../lambdas/domain/coupon.ts';
import type { IssueOutcome } from '../../lambdas/domain/issue-coupon.ts';
import type { ClaimLog } from '../../lambdas/domain/ports.ts';
import { PublishOutcomeUnknown } from '../../lambdas/domain/ports.ts';
import { faultyGate, faultyLedger, type Faults } from './faulty-ports.ts';
import { Interleaving } from './interleaving.ts';
import { ProtocolBench } from './protocol-bench.ts';

const USERS = 14;
const OPERATORS = 3;
const VERBS: readonly ControlVerb[] = ['pause', 'resume', 'resume', 'close'];

interface Operation {
  readonly name: string;
  readonly begun: number;
  readonly ended: number;
  readonly isDone: boolean;
}

/** Users, operators, restores and records at the same time, with every fault, by one seed. */
export class CouponModel {
  readonly bench = new ProtocolBench();
  readonly violations: string[] = [];
  readonly #run: Interleaving;
  readonly #faults: Faults;
  readonly #gate;
  readonly #ledger;
  readonly #log: ClaimLog;
  readonly #accepts: number[] = [];
  readonly #operations: Operation[] = [];
  readonly #told = new Set<string>();
  #couponId = '';

  constructor(seed: number) {
    this.#run = new Interleaving(seed);
    this.#faults = { probability: this.#run.pick([0, 0.03, 0.1, 0.2]), delayed: [] };
    this.#gate = faultyGate(this.bench.gate, this.#run, this.#faults);
    this.#ledger = faultyLedger(this.bench.ledger, this.#run, this.#faults);
    this.#log = this.#faultyLog();
  }

  async play(): Promise<void> {
    this.#couponId = await this.bench.openCoupon({ quantity: 2 + this.#int(8) });
    this.#watchAccepts();
    for (let i = 0; i < USERS; i += 1) this.#start(() => this.#shop(`user-${i}`));
    for (let i = 0; i < OPERATORS; i += 1) this.#start(() => this.#operate());
    this.#start(() => this.#disturb());
    for (let i = 0; i < 2; i += 1) this.#start(() => this.#serve(`restore-${i}`));
    await this.#run.run(() => {
      this.#check();
    });
    this.#checkObedience();
    await this.#heal();
    await this.#settle();
  }

  get #coupon(): Coupon {
    return this.bench.ledger.look(this.#couponId);
  }

  #int(below: number): number {
    return Math.floor(this.#run.random() * below);
  }

  /** What a process throws ends it, as a fault ends an invocation. */
  #start(process: () => Promise<void>): void {
    this.#run.start(() =>
      process().catch((error: unknown) => {
        this.#note(error);
      }),
    );
  }

  #note(error: unknown): void {
    const expected = /^(Gate|Ledger|Log|Publish)/;
    if (!(error instanceof Error) || !expected.test(error.name)) {
      this.violations.push(`unexpected: ${String(error)}`);
    }
  }

  #watchAccepts(): void {
    const claim = this.bench.gate.claim.bind(this.bench.gate);
    this.bench.gate.claim = async (request) => {
      const outcome = await claim(request);
      if (outcome.kind === 'accepted') this.#accepts.push(this.#run.now);
      return outcome;
    };
  }

  #faultyLog(): ClaimLog {
    const { log } = this.bench;
    return {
      ready: (waitMs) => log.ready(waitMs),
      discardExpired: () => undefined,
      publish: async (key, value, deadline, origin) => {
        await this.#run.turn();
        if (this.#run.chance(this.#faults.probability)) throw new PublishOutcomeUnknown('lost');
        await log.publish(key, value, deadline, origin);
        await this.#run.turn();
        if (this.#run.chance(this.#faults.probability)) throw new PublishOutcomeUnknown('no reply');
      },
    };
  }

  async #shop(user: string): Promise<void> {
    for (let tries = 1 + this.#int(4); tries > 0; tries -= 1) {
      await this.#claim(user, true).catch((error: unknown) => {
        this.#note(error);
      });
    }
  }

  async #claim(user: string, faulty: boolean): Promise<IssueOutcome> {
    const ports = faulty ? { gate: this.#gate, log: this.#log } : {};
    const outcome = await this.bench.claim(this.#couponId, user, undefined, ports);
    if (outcome.kind === 'accepted' || outcome.kind === 'repeated') {
      this.#told.add(outcome.issuance.id);
      if (outcome.issuance.userId !== user) this.violations.push(`${user} got another's`);
    }
    const refused = outcome.kind === 'refused' || outcome.kind === 'unknown_coupon';
    if (refused && [...this.#told].some((id) => this.bench.idOf(this.#couponId, user) === id)) {
      this.violations.push(`${user} was refused after a success`);
    }
    return outcome;
  }

  async #operate(): Promise<void> {
    for (let tries = 1 + this.#int(4); tries > 0; tries -= 1) {
      const { name, propose } = this.#wish();
      const begun = this.#run.now;
      let isDone = false;
      try {
        const ports = { gate: this.#gate, ledger: this.#ledger };
        const { kind } = await this.bench.change(this.#couponId, propose, ports);
        isDone = kind === 'done';
      } catch (error) {
        this.#note(error);
      }
      this.#operations.push({ name, begun, ended: this.#run.now, isDone });
    }
  }

  #wish(): { name: string; propose: Propose } {
    const kind = this.#int(10);
    if (kind < 4) {
      const name = this.#run.chance(0.9) ? this.#run.pick(VERBS.slice(0, 3)) : 'close';
      return { name, propose: proposeControl(name) };
    }
    const quantity = 1 + this.#int(12);
    const issueEndsAt = this.bench.clock.now() + this.#int(30_000);
    const patch =
      kind < 8 ? { quantity } : kind < 9 ? { issueEndsAt } : { quantity, issueEndsAt, name: 'New' };
    return { name: 'patch', propose: proposePatch(patch) };
  }

  async #serve(holder: string): Promise<void> {
    for (let rounds = 2 + this.#int(4); rounds > 0; rounds -= 1) {
      await this.#run.turn();
      if (this.#run.chance(0.5)) await this.bench.record();
      const ports = { gate: this.#gate, ledger: this.#ledger, holder };
      await this.bench.restore(this.#couponId, ports).catch((error: unknown) => {
        this.#note(error);
      });
      if (this.#run.chance(0.3)) await this.bench.sweep(this.#couponId);
    }
  }

  /** Valkey dies or moves, time passes, and what was late arrives. */
  async #disturb(): Promise<void> {
    const mayFlush = this.#run.chance(0.5);
    for (let i = 0; i < 60; i += 1) {
      await this.#run.turn();
      if (mayFlush && this.#run.chance(0.02)) this.bench.gate.flush();
      if (mayFlush && this.#run.chance(0.02)) this.bench.gate.changeServer(`server-${i}`);
      if (this.#run.chance(0.2)) this.bench.clock.advance(this.#int(1_500));
      if (this.#run.chance(0.2)) await this.#deliver();
    }
  }

  async #deliver(): Promise<void> {
    const { delayed } = this.#faults;
    const [late] = delayed.splice(this.#int(delayed.length), 1);
    await late?.();
  }

  /** At every moment: the gate gives nothing that PostgreSQL does not have. */
  #check(): void {
    const gate = this.bench.gate.look(this.#couponId);
    const { quantity, issueEndsAt } = this.#coupon;
    if (gate !== undefined && gate.quantity > quantity) {
      this.violations.push(`the gate gives ${gate.quantity} of ${quantity}`);
    }
    if (gate !== undefined && gate.issueEndsAt > issueEndsAt) {
      this.violations.push('the gate goes on after the end');
    }
    if (this.bench.ledger.quarantine.size > 0) this.violations.push('a record was too many');
  }

  /** After the answer to a pause or a close nothing is let in, until somebody resumes. */
  #checkObedience(): void {
    const resumes = this.#operations.filter(({ name }) => name === 'resume');
    for (const { name, begun, ended, isDone } of this.#operations) {
      if (!isDone || (name !== 'pause' && name !== 'close')) continue;
      const resumedAt = Math.min(
        ...resumes.filter((resume) => resume.ended >= begun).map((resume) => resume.begun),
      );
      const disobeyed = this.#accepts.filter((at) => at > ended && at < resumedAt);
      if (disobeyed.length > 0) this.violations.push(`let in after ${name}`);
    }
  }

  /** All is well again: one restore schedule later gate and PostgreSQL agree. */
  async #heal(): Promise<void> {
    this.#faults.probability = 0;
    while (this.#faults.delayed.length > 0) await this.#deliver();
    this.bench.clock.advance(60_000);
    for (let rounds = 0; rounds < 4; rounds += 1) {
      await this.bench.sweep(this.#couponId);
      await this.bench.record();
      const result = await this.bench.restore(this.#couponId);
      if (result === 'already_open') break;
    }
    const { version, quantity, control, issueEndsAt } = this.#coupon;
    const gate = this.bench.gate.look(this.#couponId);
    const agreed = { version, quantity, control, issueEndsAt, restricted: false };
    const { version: v, quantity: q, control: c, issueEndsAt: e, restricted: r } = gate ?? {};
    const found = { version: v, quantity: q, control: c, issueEndsAt: e, restricted: r };
    if (JSON.stringify(found) !== JSON.stringify(agreed)) {
      this.violations.push(`at rest ${JSON.stringify(found)}, not ${JSON.stringify(agreed)}`);
    }
  }

  /** Everybody who was told so has one, all within the window; and no unit is lost. */
  async #settle(): Promise<void> {
    const { rows } = this.bench.ledger;
    for (const id of this.#told) if (!rows.has(id)) this.violations.push(`success ${id} is lost`);
    const { issueStartsAt, issueEndsAt } = this.#coupon;
    for (const { acceptedAt } of rows.values()) {
      if (acceptedAt < issueStartsAt || acceptedAt >= issueEndsAt) {
        this.violations.push('accepted outside the window');
      }
    }
    if (this.#coupon.control === 'closed') return;
    const later = this.bench.clock.now() + 3_600_000;
    await this.bench.change(this.#couponId, proposePatch({ issueEndsAt: later }));
    await this.bench.change(this.#couponId, proposeControl('resume'));
    for (let i = 0; i < 15; i += 1) await this.#claim(`late-${i}`, false);
    await this.bench.record();
    if (rows.size !== this.#coupon.quantity) {
      this.violations.push(`${rows.size} rows of ${this.#coupon.quantity}: units are lost`);
    }
  }
}
