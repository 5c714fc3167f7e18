import type { RecordedReply, RepliedIssuance } from '../../local/invariants/facts.ts';
import { UndocumentedReply } from './documented-reply.ts';
import type { HttpClient, HttpReply } from './http-client.ts';
import { json } from './http-client.ts';
import type { TokenMint } from './tokens.ts';
import { untilSettled } from './until-settled.ts';

export type ClaimReply = RecordedReply & {
  /** The whole reply, unless the connection failed. */
  readonly reply?: HttpReply;
};

/** Users who claim; every reply is kept for the invariants. */
export class Shoppers {
  readonly replies: ClaimReply[] = [];
  readonly #http: HttpClient;
  #mint: TokenMint;
  readonly #tokens = new Map<string, string>();

  constructor(http: HttpClient, mint: TokenMint) {
    this.#http = http;
    this.#mint = mint;
  }

  /** The users' tokens are made beforehand, so that a spike is one. */
  async prepare(users: readonly string[]): Promise<void> {
    for (const [user, token] of await this.#mint.tokens(users)) this.#tokens.set(user, token);
  }

  /** From now on all have new tokens, from this mint. */
  logInAnew(mint: TokenMint): void {
    this.#mint = mint;
    this.#tokens.clear();
  }

  /** One claim, whatever comes of it. */
  async claim(couponId: string, userId: string, idempotencyKey?: string): Promise<ClaimReply> {
    const token = await this.token(userId);
    const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    const path = `/v1/coupons/${couponId}/issuances`;
    const claim = { couponId, userId, idempotencyKey, sentAt: Date.now() };
    let reply: HttpReply | undefined;
    try {
      reply = await this.#http.send({ method: 'POST', path, token, headers });
    } catch (error) {
      if (error instanceof UndocumentedReply) throw error;
      // The connection failed: the outcome is unknown.
    }
    const recorded: ClaimReply = { ...claim, ...readReply(reply), receivedAt: Date.now() };
    this.replies.push(recorded);
    return recorded;
  }

  /** Asks again, as often as it is told to, until there is a definite answer. */
  claimUntilSettled(
    couponId: string,
    userId: string,
    idempotencyKey?: string,
  ): Promise<ClaimReply> {
    return untilSettled(userId, () => this.claim(couponId, userId, idempotencyKey));
  }

  async token(userId: string): Promise<string> {
    const token = this.#tokens.get(userId) ?? (await this.#mint.token(userId));
    this.#tokens.set(userId, token);
    return token;
  }
}

function readReply(
  reply: HttpReply | undefined,
): Pick<ClaimReply, 'status' | 'issuance' | 'code' | 'reply'> {
  if (reply === undefined) return { status: undefined };
  const { status } = reply;
  const isJson = /^application\/(problem\+)?json/.test(reply.headers['content-type'] ?? '');
  if (!isJson) return { status, reply };
  return status === 200 || status === 202
    ? { status, reply, issuance: json(reply) as unknown as RepliedIssuance }
    : { status, reply, code: String(json(reply)['code']) };
}

/** `name-1` … `name-<count>` */
export function users(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name}-${i + 1}`);
}
