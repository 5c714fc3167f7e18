import type { Order } from '../../lambdas/domain/order.ts';
import type {
  RecordedRedeemReply,
  RecordedRollbackReply,
  RepliedRedemption,
} from '../../local/invariants/facts.ts';
import type { HttpClient, HttpReply } from './http-client.ts';
import { json } from './http-client.ts';
import { untilSettled } from './until-settled.ts';

export type RedeemReply = RecordedRedeemReply & {
  /** The whole reply, unless the connection failed. */
  readonly reply?: HttpReply;
};

/** What an order is like that nobody asks more of. */
export function orderOf(id: string, changes: Partial<Order> = {}): Order {
  return { id, amount: 50_000, currency: 'KRW', ...changes };
}

/** The shop's order service; what it is told of redemptions is kept for the invariants. */
export class Checkout {
  readonly replies: RedeemReply[] = [];
  readonly rollbacks: RecordedRollbackReply[] = [];
  readonly token: string;
  readonly #http: HttpClient;

  /** @param token of a service, or of a shopper who redeems */
  constructor(http: HttpClient, token: string) {
    this.#http = http;
    this.token = token;
  }

  redeem(
    issuanceId: string,
    orderId: string,
    changes: Partial<Order> = {},
    token = this.token,
  ): Promise<RedeemReply> {
    const path = `/v1/issuances/${issuanceId}/redemptions`;
    const body = { order: orderOf(orderId, changes) };
    return this.#record({ issuanceId, orderId }, () => this.#http.post(path, token, body));
  }

  /** Asks again, as often as it is told to, until there is a definite answer. */
  redeemUntilSettled(issuanceId: string, orderId: string): Promise<RedeemReply> {
    return untilSettled(orderId, () => this.redeem(issuanceId, orderId));
  }

  /** @param issuanceId whose code it is, for the record */
  redeemCode(
    code: string,
    issuanceId: string,
    orderId: string,
    token = this.token,
  ): Promise<RedeemReply> {
    const body = { code, order: orderOf(orderId) };
    const path = '/v1/redemptions';
    return this.#record({ issuanceId, orderId }, () => this.#http.post(path, token, body));
  }

  quote(issuanceId: string, order: Order, token = this.token): Promise<HttpReply> {
    return this.#http.post(`/v1/issuances/${issuanceId}/quotes`, token, { order });
  }

  hold(issuanceId: string, orderId: string, minutes?: number): Promise<HttpReply> {
    const path = `/v1/issuances/${issuanceId}/holds`;
    return this.#http.post(path, this.token, { orderId, minutes });
  }

  release(issuanceId: string, orderId: string): Promise<HttpReply> {
    const path = `/v1/issuances/${issuanceId}/holds/${encodeURIComponent(orderId)}`;
    return this.#http.send({ method: 'DELETE', path, token: this.token });
  }

  async rollBack(redemptionId: string, token = this.token): Promise<HttpReply> {
    const path = `/v1/redemptions/${redemptionId}/rollback`;
    const reply = await this.#http.send({ method: 'POST', path, token });
    const { status } = reply;
    this.rollbacks.push({ redemptionId, status, receivedAt: Date.now() });
    return reply;
  }

  async #record(
    what: { readonly issuanceId: string; readonly orderId: string },
    send: () => Promise<HttpReply>,
  ): Promise<RedeemReply> {
    const sentAt = Date.now();
    // A connection that fails leaves the outcome unknown.
    const reply = await send().catch(() => undefined);
    const recorded = { ...what, ...readReply(reply), sentAt, receivedAt: Date.now() };
    this.replies.push(recorded);
    return recorded;
  }
}

function readReply(
  reply: HttpReply | undefined,
): Pick<RedeemReply, 'status' | 'redemption' | 'code' | 'reply'> {
  if (reply === undefined) return { status: undefined };
  const { status } = reply;
  return status === 200 || status === 201
    ? { status, reply, redemption: json(reply) as unknown as RepliedRedemption }
    : { status, reply, code: String(json(reply)['code']) };
}

/** How many of each: `201`, or the status of a refusal with its code. */
export function byAnswer(replies: readonly RedeemReply[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code } of replies) {
    const answer = `${status ?? 'none'} ${code ?? ''}`.trimEnd();
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  return counts;
}
