import type { Flow } from './flow.ts';
import { HttpClient, type HttpCall, type HttpReply } from './http-client.ts';
import { untilSettled } from './until-settled.ts';

/** What an operator does to a coupon through the API, by connections of their own: no crowd is in the way. */
export class Operator {
  readonly #http: HttpClient;
  readonly #token: string;
  readonly #isPatient: boolean;

  /** @param isPatient asks again after a 503, until there is a definite answer */
  constructor({ stack, operatorToken }: Flow, { isPatient = false } = {}) {
    this.#http = new HttpClient(stack.endpoints.api);
    this.#token = operatorToken;
    this.#isPatient = isPatient;
  }

  patch(couponId: string, body: unknown, token = this.#token): Promise<HttpReply> {
    return this.#send({
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
    return this.#send({ method: 'POST', path, token });
  }

  get(couponId: string, what = ''): Promise<HttpReply> {
    return this.#send({ path: `/v1/coupons/${couponId}${what}`, token: this.#token });
  }

  #send(call: HttpCall): Promise<HttpReply> {
    const send = (): Promise<HttpReply> => this.#http.send(call);
    return this.#isPatient ? untilSettled('the operator', send) : send();
  }

  close(): void {
    this.#http.close();
  }
}
