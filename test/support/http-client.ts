import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { checkReply } from './documented-reply.ts';

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface HttpCall {
  readonly method?: string;
  /** Sent as it is: nothing is normalised or encoded. */
  readonly path: string;
  readonly token?: string | undefined;
  /** A header with several values is sent several times. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

/** A request over it waits here, unsent: 120 a second who are answered after 4 s each need half. */
const MOST_AT_ONCE = 1_024;

/** No request of the API takes as long; one that does has hung. */
const TIMEOUT_MS = 20_000;

/**
 * An HTTP client with connections that are kept, which sends whatever it is told to. Every reply is
 * held to the API's document: one that says something else rejects.
 */
export class HttpClient {
  readonly #base: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MOST_AT_ONCE });

  constructor(base: string) {
    this.#base = new URL(base);
  }

  async send(call: HttpCall): Promise<HttpReply> {
    const reply = await this.#send(call);
    checkReply(call.method ?? 'GET', call.path, reply);
    return reply;
  }

  #send({ method = 'GET', path, token, headers = {}, body }: HttpCall): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          host: this.#base.hostname,
          port: this.#base.port,
          method,
          path,
          headers: {
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.once('error', reject);
          response.once('end', () => {
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
          });
        },
      );
      sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error(`no reply in ${TIMEOUT_MS} ms`)));
      sent.once('error', reject);
      sent.end(body);
    });
  }

  /** A POST of JSON; the body is sent as it is if it is text already. */
  post(
    path: string,
    token: string | undefined,
    body: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<HttpReply> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { 'content-type': 'application/json', ...more };
    return this.send({ method: 'POST', path, token, headers, body: text });
  }

  get(path: string, token: string | undefined): Promise<HttpReply> {
    return this.send({ path, token });
  }

  close(): void {
    this.#agent.destroy();
  }
}

export function json(reply: HttpReply): Record<string, unknown> {
  return JSON.parse(reply.text) as Record<string, unknown>;
}
