import * as z from 'zod';

const HOUR_MS = 60 * 60 * 1000;

/** Each user by two channels, and operators of what happens to the event. */
const EVERYBODY = {
  users: { channels: ['email', 'webhook'], events: ['issued', 'redeemed'] },
  operators: {
    channels: ['slack', 'sns'],
    events: ['sold_out', 'gate_closed', 'gate_opened', 'quarantined'],
  },
};

const couponSchema = z.object({ id: z.string() });
const problemSchema = z.object({ code: z.string() });
const statsSchema = z.object({
  gate: z.union([
    z.object({ state: z.literal('open'), given: z.number(), remaining: z.number() }),
    z.object({ state: z.literal('closed') }),
  ]),
  lag: z.object({ unrecorded: z.number(), pending: z.number() }).nullable(),
});

/** What an operator sees of the event at one moment; null where a closed gate would have to tell. */
export interface Sight {
  readonly unitsLeft: number | null;
  /** Claims that are accepted and not rows. */
  readonly unrecorded: number | null;
}

/** The operator of the rehearsal, over the public API. */
export class Operator {
  readonly #api: string;
  readonly #token: string;

  /** @param token with the scope `coupons:manage` */
  constructor(api: string, token: string) {
    this.#api = api;
    this.#token = token;
  }

  /**
   * Creates the rehearsal's coupon, open now and for an hour.
   *
   * @param tellsPeople users and operators by all channels, or nobody
   * @throws Error with the API's answer
   */
  async createCoupon(quantity: number, tellsPeople = false): Promise<string> {
    const now = Date.now();
    const response = await this.#send('POST', '/v1/coupons', {
      name: `Rehearsal ${new Date(now).toISOString().slice(0, 16)}Z`,
      quantity,
      perUserLimit: 1,
      issueStartsAt: new Date(now - HOUR_MS).toISOString(),
      issueEndsAt: new Date(now + HOUR_MS).toISOString(),
      validity: { days: 1 },
      discount: { type: 'amount', amount: 1_000, currency: 'KRW' },
      ...(tellsPeople ? { notifications: EVERYBODY } : {}),
    });
    const body: unknown = await response.json();
    if (response.status !== 201) {
      const problem = problemSchema.safeParse(body);
      throw new Error(`no coupon: ${response.status} ${problem.data?.code ?? ''}`);
    }
    return couponSchema.parse(body).id;
  }

  /** Undefined while the API can't tell. */
  async look(couponId: string): Promise<Sight | undefined> {
    try {
      const response = await this.#send('GET', `/v1/coupons/${couponId}/stats`);
      if (response.status !== 200) return undefined;
      const { gate, lag } = statsSchema.parse(await response.json());
      const unitsLeft = gate.state === 'open' ? gate.remaining : null;
      return { unitsLeft, unrecorded: lag?.unrecorded ?? null };
    } catch {
      return undefined;
    }
  }

  async close(couponId: string): Promise<void> {
    await this.#send('POST', `/v1/coupons/${couponId}/close`).catch(() => undefined);
  }

  #send(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.#api}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    });
  }
}
