import type { Flow } from './flow.ts';
import { HttpClient, type HttpReply } from './http-client.ts';

/** What an operator does to a coupon through the API, by connections of their own: no crowd is in the way. */
export class Operator {
  readonly #http: HttpClient;
  readonly #token: string;

  constructor({ stack, operatorToken }: Flow) {
    this.#http = new HttpClient(stack.endpoints.api);
    this.#token = operatorToken;
  }

  patch(couponId: string, body: unknown, token = this.#token): Promise<HttpReply> {
    return this.#http.send({
      method: 'PATCH',
      path: `/v1/coupons/${couponId}`,
      token,
      headers: { 'content-type': 'application/merge-patch+json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  post(
    couponId: string,
    verb: 'pause' | 'resume' | 'close',
    token = this.#token,
  ): Promise<HttpReply> {
    const path = `/v1/coupons/${couponId}/${verb}`;
    return this.#http.send({ method: 'POST', path, token });
  }

  get(couponId: string, what = ''): Promise<HttpReply> {
    return this.#http.get(`/v1/coupons/${couponId}${what}`, this.#token);
  }

  close(): void {
    this.#http.close();
  }
}
