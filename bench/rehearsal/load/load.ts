import { setTimeout as sleep } from 'node:timers/promises';
import { crowdOf, temperOf, type Press } from '../crowd.ts';
import type { ApiCalls } from './api-calls.ts';
import {
  answerOf,
  type ClaimEntry,
  type LoadEntry,
  type LoadJob,
  type LoadProgress,
} from './job.ts';

/** How long a hasty user waits for an answer. */
const HASTY_MS = 1_000;
/** After an answer that names no time to come back. */
const PAUSE_MS = 1_000;
/** An order comes some seconds after the coupon. */
const ORDER_AFTER_MS = 3_000;
/** Between two looks of a user who waits for the coupon to be issued. */
const LOOK_MS = 50;
const TICK_MS = 1;

/** Users at an API: an open loop, whose presses come whatever the answers are like. */
export class Load {
  readonly entries: LoadEntry[] = [];
  readonly #job: LoadJob;
  readonly #api: ApiCalls;
  readonly #tokens: readonly string[];
  readonly #answers = new Map<string, number>();
  readonly #open = new Set<Promise<unknown>>();
  /** Users who have a definite answer, or one on its way by another press. */
  readonly #settled = new Set<number>();
  #begunAt = 0;
  #pressed = 0;
  #inFlight = 0;

  constructor(job: LoadJob, api: ApiCalls, tokens: readonly string[]) {
    this.#job = job;
    this.#api = api;
    this.#tokens = tokens;
  }

  /** Resolves when everybody has an answer that promises or refuses, or has gone away. */
  async run(): Promise<void> {
    const presses = crowdOf(this.#job.crowd);
    this.#begunAt = performance.now();
    while (this.#pressed < presses.length) {
      const elapsed = this.#elapsed();
      for (;;) {
        const press = presses[this.#pressed];
        if (press === undefined || press.atMs > elapsed) break;
        this.#pressed += 1;
        this.#keep(this.#press(press));
      }
      await sleep(TICK_MS);
    }
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  progress(): LoadProgress {
    return {
      kind: 'progress',
      elapsedMs: this.#elapsed(),
      pressed: this.#pressed,
      inFlight: this.#inFlight,
      answers: Object.fromEntries(this.#answers),
    };
  }

  #elapsed(): number {
    return performance.now() - this.#begunAt;
  }

  #keep(work: Promise<unknown>): void {
    this.#open.add(work);
    void work.finally(() => this.#open.delete(work));
  }

  async #press({ user, atMs }: Press): Promise<void> {
    const { crowd, patienceMs } = this.#job;
    const lastMs = crowd.seconds * 1000 + patienceMs;
    const hasty = temperOf(user) === 'gives up';
    let intendedMs = atMs;
    for (let attempt = 0; ; attempt += 1) {
      const { entry, retryAfterMs } = await this.#claim(user, intendedMs, attempt, hasty);
      const isDefinite = entry.status !== undefined && entry.status < 500 && entry.status !== 429;
      if (isDefinite) {
        if (entry.status === 202 && entry.issuance !== undefined)
          this.#use(user, entry.issuance.id);
        this.#settled.add(user);
        return;
      }
      intendedMs = this.#elapsed() + (retryAfterMs ?? PAUSE_MS);
      if (hasty || intendedMs > lastMs) return;
      await sleep(intendedMs - this.#elapsed());
      if (this.#settled.has(user)) return;
    }
  }

  async #claim(
    user: number,
    intendedMs: number,
    attempt: number,
    hasty: boolean,
  ): Promise<{ entry: ClaimEntry; retryAfterMs: number | undefined }> {
    const { couponId, userPrefix } = this.#job;
    const sentAt = Date.now();
    this.#inFlight += 1;
    const answer = await this.#api.claim(
      couponId,
      this.#tokens[user] ?? '',
      hasty ? HASTY_MS : undefined,
    );
    this.#inFlight -= 1;
    const { status, body: issuance, code, retryAfterMs } = answer;
    const entry: ClaimEntry = {
      kind: 'claim',
      couponId,
      userId: `${userPrefix}${user + 1}`,
      status,
      issuance,
      code,
      sentAt,
      receivedAt: Date.now(),
      intendedMs,
      answeredMs: this.#elapsed(),
      attempt,
    };
    this.entries.push(entry);
    const kind = answerOf(entry);
    this.#answers.set(kind, (this.#answers.get(kind) ?? 0) + 1);
    return { entry, retryAfterMs };
  }

  /** The shop redeems it, if this user is one of those who buy at once; others look at it. */
  #use(user: number, issuanceId: string): void {
    const { redeemsOneIn, looksOneIn, userPrefix } = this.#job;
    if (user % redeemsOneIn === 0) {
      this.#keep(this.#redeem(issuanceId, `order-${userPrefix}${user + 1}`));
    }
    if (user % looksOneIn === 0) this.#keep(this.#look(issuanceId, this.#tokens[user] ?? ''));
  }

  async #look(issuanceId: string, token: string): Promise<void> {
    const acceptedMs = this.#elapsed();
    const lastMs = acceptedMs + this.#job.patienceMs;
    let issuedAfterMs: number | undefined;
    while (issuedAfterMs === undefined && this.#elapsed() < lastMs) {
      await sleep(LOOK_MS);
      const state = await this.#api.stateOf(issuanceId, token);
      if (state !== undefined && state !== 'accepted') issuedAfterMs = this.#elapsed() - acceptedMs;
    }
    this.entries.push({ kind: 'look', issuanceId, issuedAfterMs });
  }

  async #redeem(issuanceId: string, orderId: string): Promise<void> {
    const { crowd, patienceMs, checkoutToken } = this.#job;
    const lastMs = crowd.seconds * 1000 + patienceMs;
    let pauseMs = ORDER_AFTER_MS;
    while (this.#elapsed() + pauseMs < lastMs) {
      await sleep(pauseMs);
      // Whatever it says: the buyer goes on.
      await this.#api.quote(issuanceId, orderId, checkoutToken);
      const sentAt = Date.now();
      const answer = await this.#api.redeem(issuanceId, orderId, checkoutToken);
      const { status, body: redemption, code, retryAfterMs } = answer;
      const what = { issuanceId, orderId, status, redemption, code };
      const when = { sentAt, receivedAt: Date.now(), answeredMs: this.#elapsed() };
      this.entries.push({ kind: 'redeem', ...what, ...when });
      const isEarly = code === 'issuance_not_ready';
      if (status !== undefined && status < 500 && status !== 429 && !isEarly) return;
      pauseMs = retryAfterMs ?? PAUSE_MS;
    }
  }
}
