import type { Flow } from '../flow.ts';
import type { HttpReply } from '../http-client.ts';
import { json } from '../http-client.ts';
import { until } from '../until.ts';
import type { Action, Scenario } from './actions.ts';
import type { CouponModel } from './coupon-model.ts';
import { newCouponModel } from './coupon-model.ts';
import type { Observation } from './explain.ts';
import { explain } from './explain.ts';

const RECORD_PATIENCE_MS = 20_000;
const HOLD_MINUTES = 10;

interface Known {
  readonly id: string;
  readonly code: string;
}

/** Users of each coupon's own: one user's requests are limited, however many coupons there are. */
function userIdOf(user: string, couponId: string): string {
  return `${user}-${couponId}`;
}

/** Plays a scenario on a coupon of its own, and follows it with the model. */
export class Player {
  readonly couponId: string;
  readonly #flow: Flow;
  readonly #checkoutToken: string;
  /** By user: issuances that are rows. */
  readonly #issuances = new Map<string, Known>();
  /** By user: issuances of which only the acceptance is known. */
  readonly #accepted = new Map<string, string>();
  /** By user and order: the first reply to a redemption, which every later one has to repeat. */
  readonly #redemptions = new Map<string, Record<string, unknown>>();
  #models: CouponModel[];

  private constructor(flow: Flow, checkoutToken: string, couponId: string, quantity: number) {
    this.#flow = flow;
    this.#checkoutToken = checkoutToken;
    this.couponId = couponId;
    this.#models = [newCouponModel(quantity)];
  }

  /** Returns the models that explain all that was seen; there is at least one. */
  static async play(flow: Flow, checkoutToken: string, scenario: Scenario): Promise<Played> {
    const couponId = await flow.createCoupon({ quantity: scenario.quantity });
    const player = new Player(flow, checkoutToken, couponId, scenario.quantity);
    for (const actions of scenario.steps) await player.#together(actions);
    await player.#settle();
    return { couponId, models: player.#models };
  }

  async #together(actions: readonly Action[]): Promise<void> {
    await this.#settle();
    // What nobody has an id of yet can't be asked for.
    const possible = actions.filter((action) => this.#isPossible(action));
    const observations = await Promise.all(
      possible.map(async (action): Promise<Observation> => ({
        action,
        outcome: await this.#act(action),
      })),
    );
    const models = explain(this.#models, observations);
    if (models.length === 0) {
      const seen = observations.map(
        ({ action, outcome }) => `${JSON.stringify(action)} → ${outcome}`,
      );
      const before = this.#models.map((model) => JSON.stringify(model));
      throw new Error(
        `coupon ${this.couponId}: no order explains\n${seen.join('\n')}\nafter\n${before.join('\n')}`,
      );
    }
    this.#models = models;
  }

  #isPossible(action: Action): boolean {
    if (action.kind === 'roll back') return this.#redemptions.has(keyOf(action));
    if (!('user' in action) || action.kind === 'claim') return true;
    return this.#issuances.has(action.user);
  }

  /** Waits until what was accepted is issued: only then it can be used. */
  async #settle(): Promise<void> {
    for (const [user, id] of this.#accepted) {
      const token = await this.#flow.shoppers.token(userIdOf(user, this.couponId));
      const code = await until(`${id} is issued`, RECORD_PATIENCE_MS, async () => {
        const issuance = json(await this.#flow.http.get(`/v1/issuances/${id}`, token));
        return issuance['state'] === 'accepted' ? undefined : String(issuance['code']);
      });
      this.#issuances.set(user, { id, code });
    }
    this.#accepted.clear();
  }

  async #act(action: Action): Promise<string> {
    const reply = await this.#send(action);
    if (reply.status >= 400) return `${reply.status} ${String(json(reply)['code'])}`;
    if (action.kind === 'claim' && !this.#issuances.has(action.user)) {
      this.#accepted.set(action.user, String(json(reply)['id']));
    }
    if (action.kind === 'redeem') this.#sameAsBefore(keyOf(action), json(reply));
    return action.kind === 'read'
      ? `${reply.status} ${String(json(reply)['state'])}`
      : String(reply.status);
  }

  #sameAsBefore(key: string, reply: Record<string, unknown>): void {
    const first = this.#redemptions.get(key);
    if (first === undefined) this.#redemptions.set(key, reply);
    else if (JSON.stringify(first) !== JSON.stringify(reply)) {
      throw new Error(`${key} was told ${JSON.stringify(first)}, then ${JSON.stringify(reply)}`);
    }
  }

  async #send(action: Action): Promise<HttpReply> {
    const { http, operatorToken, shoppers } = this.#flow;
    const coupon = `/v1/coupons/${this.couponId}`;
    switch (action.kind) {
      case 'claim': {
        // The invariants count what claims were told.
        const { reply } = await shoppers.claim(this.couponId, userIdOf(action.user, this.couponId));
        if (reply === undefined) throw new Error(`${action.user}'s claim got no reply`);
        return reply;
      }
      case 'pause':
      case 'resume':
      case 'close':
        return http.send({
          method: 'POST',
          path: `${coupon}/${action.kind}`,
          token: operatorToken,
        });
      case 'change quantity':
        return http.send({
          method: 'PATCH',
          path: coupon,
          token: operatorToken,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ quantity: action.quantity }),
        });
      default:
        return this.#use(action);
    }
  }

  #use(
    action: Exclude<Action, { kind: 'claim' | 'pause' | 'resume' | 'close' | 'change quantity' }>,
  ) {
    const { http, operatorToken } = this.#flow;
    const token = this.#checkoutToken;
    const { id, code } = this.#issuance(action.user);
    const issuance = `/v1/issuances/${id}`;
    switch (action.kind) {
      case 'redeem': {
        const order = { id: action.order, amount: 50_000, currency: 'KRW' };
        return action.by === 'id'
          ? http.post(`${issuance}/redemptions`, token, { order })
          : http.post('/v1/redemptions', token, { code, order });
      }
      case 'hold':
        return http.post(`${issuance}/holds`, token, {
          orderId: action.order,
          minutes: HOLD_MINUTES,
        });
      case 'release':
        return http.send({ method: 'DELETE', path: `${issuance}/holds/${action.order}`, token });
      case 'roll back': {
        const redemption = this.#redemptions.get(keyOf(action));
        const path = `/v1/redemptions/${String(redemption?.['id'])}/rollback`;
        return http.send({ method: 'POST', path, token });
      }
      case 'revoke':
        return http.send({ method: 'POST', path: `${issuance}/revoke`, token: operatorToken });
      case 'read':
        return http.get(issuance, operatorToken);
    }
  }

  #issuance(user: string): Known {
    const known = this.#issuances.get(user);
    if (known === undefined) throw new Error(`${user} has no issuance`);
    return known;
  }
}

export interface Played {
  readonly couponId: string;
  readonly models: readonly CouponModel[];
}

function keyOf({ user, order }: { readonly user: string; readonly order: string }): string {
  return `${user} ${order}`;
}
