import { setTimeout as sleep } from 'node:timers/promises';
import { byAnswer, type RedeemReply } from '../../support/checkout.ts';
import type { Flow } from '../../support/flow.ts';
import { json } from '../../support/http-client.ts';
import { users } from '../../support/shoppers.ts';
import { until } from '../../support/until.ts';

export interface RedeemersOptions {
  /** Of a coupon of their own, issued beforehand. */
  readonly issuances?: number;
  /** Orders a second, whatever the answers are like. */
  readonly perSecond?: number;
}

const ISSUANCES = 250;
const PER_SECOND = 25;
/** One order in so many is sent twice at the same time. */
const DOUBLE_CLICKER = 8;
/** One issuance in so many is wanted by two orders at the same time. */
const RIVAL = 5;
const TICK_MS = 20;
const CALM_MS = 2_000;
const PATIENCE_MS = 30_000;
/** No more at once when all are asked again: this is no spike. */
const AT_ONCE = 20;

let loads = 0;

/**
 * Orders that redeem issuances, so many a second, until told to stop; when there is none left, the
 * first are asked again.
 */
export class Redeemers {
  readonly couponId: string;
  readonly replies: RedeemReply[] = [];
  #healedAt: number | undefined;
  readonly #flow: Flow;
  readonly #ids: readonly string[];
  readonly #perSecond: number;
  readonly #stopping = new AbortController();
  readonly #open = new Set<Promise<unknown>>();
  #sent = 0;
  #running: Promise<void> | undefined;

  private constructor(flow: Flow, couponId: string, ids: readonly string[], perSecond: number) {
    this.#flow = flow;
    this.couponId = couponId;
    this.#ids = ids;
    this.#perSecond = perSecond;
  }

  /** Has the issuances issued, then begins; resolves when the first are redeemed. */
  static async begin(flow: Flow, options: RedeemersOptions = {}): Promise<Redeemers> {
    const { issuances = ISSUANCES, perSecond = PER_SECOND } = options;
    const couponId = await flow.createCoupon({ quantity: issuances });
    loads += 1;
    const ids = await issue(flow, couponId, users(`redeemer${loads}`, issuances));
    const redeemers = new Redeemers(flow, couponId, ids, perSecond);
    redeemers.#running = redeemers.#run();
    await redeemers.succeeds(1);
    return redeemers;
  }

  /** The server is back: from now on recovery is measured. */
  healed(): void {
    this.#healedAt ??= Date.now();
  }

  /** Resolves when so many more are redeemed. @throws Error after half a minute */
  async succeeds(count: number): Promise<void> {
    const successes = (): number => this.replies.filter(isSuccess).length;
    const before = successes();
    await until(`${count} orders redeem`, PATIENCE_MS, () =>
      successes() >= before + count ? true : undefined,
    );
  }

  /**
   * Goes on until no order has been told to come back later for two seconds.
   * @returns milliseconds from the healing until the last one that was
   * @throws Error when it takes longer than `patienceMs`
   */
  async recovers(patienceMs = 60_000): Promise<number> {
    const healedAt = this.#healedAt;
    if (healedAt === undefined) throw new Error('nothing was healed');
    const calmSince = await until('redeeming recovers', patienceMs, () => {
      const since = Math.max(
        healedAt,
        ...this.replies.filter(isUnavailable).map(({ receivedAt }) => receivedAt),
      );
      const isCalm = Date.now() - since > CALM_MS;
      return isCalm && this.replies.some(({ sentAt }) => sentAt > since) ? since : undefined;
    });
    return calmSince - healedAt;
  }

  /** No new orders; resolves when all are answered. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.all(this.#open);
  }

  /** To be called once all is well: every order asks until it has a definite answer. */
  async settle(): Promise<void> {
    await this.stop();
    const orders = [...Map.groupBy(this.replies, orderKey).values()].flatMap(([first]) =>
      first === undefined ? [] : [first],
    );
    for (let i = 0; i < orders.length; i += AT_ONCE) {
      const asked = orders.slice(i, i + AT_ONCE);
      await Promise.all(
        asked.map(async ({ issuanceId, orderId }) => {
          this.replies.push(await this.#flow.checkout.redeemUntilSettled(issuanceId, orderId));
        }),
      );
    }
  }

  /** How many issuances so many orders each were told to have redeemed: `{ '1': 400 }`. */
  byWinners(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const replies of Map.groupBy(this.replies, ({ issuanceId }) => issuanceId).values()) {
      const winners = new Set(replies.filter(isSuccess).map(({ orderId }) => orderId)).size;
      counts[winners] = (counts[winners] ?? 0) + 1;
    }
    return counts;
  }

  byAnswer(): Record<string, number> {
    return byAnswer(this.replies);
  }

  longestMs(): number {
    return Math.max(0, ...this.replies.map(({ sentAt, receivedAt }) => receivedAt - sentAt));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const begun = performance.now();
    while (!signal.aborted) {
      const due = ((performance.now() - begun) / 1000) * this.#perSecond;
      while (this.#sent < due) this.#sendNext();
      await sleep(TICK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #sendNext(): void {
    const n = this.#sent % this.#ids.length;
    this.#sent += 1;
    const id = this.#ids[n];
    if (id === undefined) throw new Error('there are no issuances');
    const orders = [`order-${n}`];
    if (n % DOUBLE_CLICKER === 0) orders.push(`order-${n}`);
    if (n % RIVAL === 0) orders.push(`rival-${n}`);
    for (const order of orders) {
      const redemption = this.#redeem(id, order);
      this.#open.add(redemption);
      void redemption.finally(() => this.#open.delete(redemption));
    }
  }

  async #redeem(id: string, order: string): Promise<void> {
    this.replies.push(await this.#flow.checkout.redeem(id, order));
  }
}

/** Has each user claim, and waits until all is recorded. Returns the ids. */
async function issue(flow: Flow, couponId: string, names: readonly string[]): Promise<string[]> {
  await flow.shoppers.prepare(names);
  const ids: string[] = [];
  for (let i = 0; i < names.length; i += AT_ONCE) {
    const claims = names.slice(i, i + AT_ONCE).map(async (user) => {
      const { issuance } = await flow.shoppers.claimUntilSettled(couponId, user);
      if (issuance === undefined) throw new Error(`${user} was refused`);
      return issuance.id;
    });
    ids.push(...(await Promise.all(claims)));
  }
  await until('all is recorded', PATIENCE_MS, async () => {
    const { http, operatorToken } = flow;
    const stats = json(await http.get(`/v1/coupons/${couponId}/stats`, operatorToken));
    const { issued } = stats['issuances'] as { issued: number };
    return issued === names.length ? true : undefined;
  });
  return ids;
}

function orderKey({ issuanceId, orderId }: RedeemReply): string {
  return `${issuanceId} ${orderId}`;
}

function isSuccess({ status }: RedeemReply): boolean {
  return status === 200 || status === 201;
}

function isUnavailable({ status }: RedeemReply): boolean {
  return status === undefined || status >= 500;
}
