import { Pool } from 'undici';
import type { RepliedIssuance, RepliedRedemption } from '../../../local/invariants/facts.ts';

/** An answer, or that there was none. */
export interface Answer<Body> {
  readonly status: number | undefined;
  /** Of a success. */
  readonly body?: Body | undefined;
  /** Of a refusal: the problem's code. */
  readonly code?: string | undefined;
  /** Milliseconds, where the answer says when to come back. */
  readonly retryAfterMs?: number | undefined;
}

/** More wait here, unsent, and count as late: as many as a load balancer would let in at once. */
const MOST_CONNECTIONS = 2_048;
/** The API answers within 5 s, whatever is broken; who has no answer by then gets none. */
const TIMEOUT_MS = 15_000;

const NO_ANSWER = { status: undefined } as const;

/** The calls of shoppers and of the shop, over connections that are kept. */
export class ApiCalls {
  readonly #pool: Pool;

  /** @param api base URL */
  constructor(api: string) {
    this.#pool = new Pool(new URL(api).origin, {
      connections: MOST_CONNECTIONS,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
  }

  /** @param patienceMs the caller hangs up after so long */
  claim(couponId: string, token: string, patienceMs?: number): Promise<Answer<RepliedIssuance>> {
    const path = `/v1/coupons/${couponId}/issuances`;
    return this.#send('POST', path, token, undefined, patienceMs);
  }

  redeem(issuanceId: string, orderId: string, token: string): Promise<Answer<RepliedRedemption>> {
    const path = `/v1/issuances/${issuanceId}/redemptions`;
    return this.#send('POST', path, token, JSON.stringify({ order: orderOf(orderId) }));
  }

  /** What redeeming would come to: the shop shows it before the buyer pays. */
  quote(issuanceId: string, orderId: string, token: string): Promise<Answer<unknown>> {
    const path = `/v1/issuances/${issuanceId}/quotes`;
    return this.#send('POST', path, token, JSON.stringify({ order: orderOf(orderId) }));
  }

  /** Undefined where that can't be told. */
  async stateOf(issuanceId: string, token: string): Promise<string | undefined> {
    const path = `/v1/issuances/${issuanceId}`;
    const { body } = await this.#send<{ readonly state: string }>('GET', path, token);
    return body?.state;
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #send<Body>(
    method: 'GET' | 'POST',
    path: string,
    token: string,
    body?: string,
    patienceMs?: number,
  ): Promise<Answer<Body>> {
    try {
      const reply = await this.#pool.request({
        method,
        path,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body ?? null,
        ...(patienceMs === undefined ? {} : { signal: AbortSignal.timeout(patienceMs) }),
      });
      const text = await reply.body.text();
      const { statusCode: status, headers } = reply;
      if (status < 300) return { status, body: JSON.parse(text) as Body };
      const { code } = JSON.parse(text) as { readonly code?: string };
      const seconds = Number(headers['retry-after']);
      return { status, code, retryAfterMs: seconds > 0 ? seconds * 1000 : undefined };
    } catch {
      // The connection failed, the caller hung up, or a proxy answered no JSON: unknown.
      return NO_ANSWER;
    }
  }
}

function orderOf(id: string): Readonly<Record<string, unknown>> {
  return { id, amount: 50_000, currency: 'KRW' };
}
