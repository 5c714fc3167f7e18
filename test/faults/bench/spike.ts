import { expect } from 'expect';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Flow } from '../../support/flow.ts';
import type { HttpReply } from '../../support/http-client.ts';
import type { ClaimReply } from '../../support/shoppers.ts';
import { users } from '../../support/shoppers.ts';
import { until } from '../../support/until.ts';

export interface SpikeOptions {
  /** New users a second, whatever the answers are like: an open loop. */
  readonly perSecond?: number;
  /** Units; more than ever come by default. */
  readonly quantity?: number;
  /** Whoever was told to come back does not: the system finishes what it has begun for them. */
  readonly givesUp?: boolean;
  /** More of the coupon. */
  readonly coupon?: Readonly<Record<string, unknown>>;
}

/** Twice a shop's busiest minute, and little enough for a busy machine of two cores. */
const PER_SECOND = 120;
const MANY = 100_000;
/** For claims to succeed again, whatever the fault. */
const PATIENCE_MS = 30_000;
/** One in so many presses the button twice. */
const DOUBLE_CLICKER = 8;
const TICK_MS = 20;
/** Users whose tokens are made in advance: the load of a minute and a half. */
const READY_USERS = 10_800;
/** So long without an unavailable answer, and it is over. */
const CALM_MS = 2_000;
const LATE_USERS = 10;
const LATE_UNITS = 5;

let coupons = 0;

/** Users who claim one coupon, so many a second, until told to stop. */
export class Spike {
  readonly couponId: string;
  readonly replies: ClaimReply[] = [];
  /** Claims that were sent and not answered yet. */
  inFlight = 0;
  #healedAt: number | undefined;
  readonly #flow: Flow;
  readonly #name: string;
  readonly #perSecond: number;
  readonly #givesUp: boolean;
  readonly #stopping = new AbortController();
  readonly #open = new Set<Promise<unknown>>();
  #begun = 0;
  #claimed = 0;
  #running: Promise<void> | undefined;

  private constructor(flow: Flow, couponId: string, name: string, options: SpikeOptions) {
    this.#flow = flow;
    this.couponId = couponId;
    this.#name = name;
    this.#perSecond = options.perSecond ?? PER_SECOND;
    this.#givesUp = options.givesUp ?? false;
  }

  /** Begins, and resolves when the first claims are recorded as successes. */
  static async begin(flow: Flow, options: SpikeOptions = {}): Promise<Spike> {
    const { quantity = MANY, coupon = {} } = options;
    const couponId = await flow.createCoupon({ quantity, ...coupon });
    coupons += 1;
    const name = `spike${coupons}`;
    await flow.shoppers.prepare(users(name, READY_USERS));
    const spike = new Spike(flow, couponId, name, options);
    await flow.shoppers.claimUntilSettled(couponId, `${name}-first`);
    spike.#begun = performance.now();
    spike.#running = spike.#run();
    await spike.succeeds(spike.#perSecond / 2);
    return spike;
  }

  /** The server is back, the link mended: from now on recovery is measured. Milliseconds since 1970. */
  healed(): void {
    this.#healedAt ??= Date.now();
  }

  /** Resolves when so many more claims have succeeded. @throws Error after half a minute */
  async succeeds(count = 1): Promise<void> {
    const before = this.#successes();
    await until(`${count} claims succeed`, PATIENCE_MS, () =>
      this.#successes() >= before + count ? true : undefined,
    );
  }

  /** Resolves when so many claims are on their way at the same time. @throws Error after 10 s */
  async isBusy(atLeast = 1): Promise<number> {
    const patience = AbortSignal.timeout(10_000);
    while (this.inFlight < atLeast) {
      if (patience.aborted) throw new Error(`never ${atLeast} claims at once`);
      await sleep(1);
    }
    return this.inFlight;
  }

  /**
   * Goes on until no claim has been told to come back later for two seconds.
   * @returns milliseconds from the healing until the last claim that was
   * @throws Error when it takes longer than `patienceMs`
   */
  async recovers(patienceMs = 60_000): Promise<number> {
    const healedAt = this.#healedAt;
    if (healedAt === undefined) throw new Error('nothing was healed');
    return until('claims are answered definitely', patienceMs, () => {
      const calmSince = Math.max(healedAt, this.#lastUnavailable(healedAt) ?? 0);
      const isCalm = Date.now() - calmSince > CALM_MS;
      if (!isCalm || !this.replies.some(({ sentAt }) => sentAt > calmSince)) return undefined;
      return calmSince - healedAt;
    });
  }

  /** No new users; resolves when all claims are answered. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.all(this.#open);
  }

  /**
   * To be called once all is well: who has no definite answer asks again, unless they give up, then
   * demand exceeds what is left, so that the last unit must be given.
   */
  async settle(given: () => Promise<number>): Promise<void> {
    await this.stop();
    const answers = Map.groupBy(this.replies, ({ userId }) => userId);
    const unsettled = [...answers].flatMap(([user, replies]) =>
      replies.some(({ status }) => status !== undefined && status < 500) ? [] : [user],
    );
    if (!this.#givesUp) await this.#claimAll(unsettled);
    await this.#limitTo((await given()) + LATE_UNITS);
    await this.#claimAll(users(`${this.#name}-late`, LATE_USERS));
  }

  /** `202`, or the status of a refusal with its code, and how many were told so. */
  byAnswer(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status, code } of this.replies) {
      const answer = `${status ?? 'no reply'} ${code ?? ''}`.trimEnd();
      counts[answer] = (counts[answer] ?? 0) + 1;
    }
    return counts;
  }

  longestMs(): number {
    return Math.max(0, ...this.replies.map(({ sentAt, receivedAt }) => receivedAt - sentAt));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const due = ((performance.now() - this.#begun) / 1000) * this.#perSecond;
      while (this.#claimed < due) {
        this.#claimed += 1;
        const user = `${this.#name}-${this.#claimed}`;
        this.#send(user);
        if (this.#claimed % DOUBLE_CLICKER === 0) this.#send(user);
      }
      await sleep(TICK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #send(user: string): void {
    const claim = this.#claim(user);
    this.#open.add(claim);
    void claim.finally(() => this.#open.delete(claim));
  }

  async #claim(user: string): Promise<void> {
    this.inFlight += 1;
    try {
      this.replies.push(await this.#flow.shoppers.claim(this.couponId, user));
    } finally {
      this.inFlight -= 1;
    }
  }

  async #claimAll(names: readonly string[]): Promise<void> {
    // Not all at once: this is no spike any more, and every one of them is to be answered.
    for (let i = 0; i < names.length; i += 100) {
      const claims = names
        .slice(i, i + 100)
        .map((user) => this.#flow.shoppers.claimUntilSettled(this.couponId, user));
      await Promise.all(claims);
    }
  }

  async #limitTo(quantity: number): Promise<void> {
    const { http, operatorToken } = this.#flow;
    const limit = (): Promise<HttpReply> =>
      http.send({
        method: 'PATCH',
        path: `/v1/coupons/${this.couponId}`,
        token: operatorToken,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ quantity }),
      });
    let reply = await limit();
    // A function that was idle all the while meets the fault only now, once.
    if (reply.status === 503) reply = await limit();
    // PostgreSQL has counted no more than the gate has given.
    expect(reply.status === 200 ? 'limited' : reply.text).toBe('limited');
  }

  #successes(): number {
    return this.replies.filter(({ status }) => status === 200 || status === 202).length;
  }

  #lastUnavailable(since: number): number | undefined {
    const unavailable = this.replies.filter(
      ({ status, receivedAt }) => (status === undefined || status >= 500) && receivedAt > since,
    );
    return unavailable.length === 0
      ? undefined
      : Math.max(...unavailable.map(({ receivedAt }) => receivedAt));
  }
}
