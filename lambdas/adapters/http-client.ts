import { Agent, request as requestPlain, type IncomingHttpHeaders } from 'node:http';
import { Agent as TlsAgent, request as requestTls } from 'node:https';
import { publicLookup } from './public-address.ts';
import { urlRefusal, type Reach } from './url-refusal.ts';

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Its beginning: nobody here needs more of it, and a server may send without end. */
  readonly text: string;
}

/** There was no answer. The message says why, and quotes neither address nor content. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** @throws NoAnswer also when `signal` aborts */
export type HttpClient = (call: HttpCall, signal: AbortSignal) => Promise<HttpAnswer>;

const MAX_ANSWER_BYTES = 64 * 1024;
/** Connections to one server: as many notifications are on their way at once. */
const MAX_SOCKETS = 100;

/**
 * A client for calls that are made many times: it keeps connections, follows no redirect, and reads
 * of an answer no more than is needed.
 */
export function httpClient(reach: Reach): HttpClient {
  const agentOptions = {
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    ...(reach === 'public' ? { lookup: publicLookup } : {}),
  };
  const plain = new Agent(agentOptions);
  const tls = new TlsAgent(agentOptions);

  const once = (call: HttpCall, url: URL, signal: AbortSignal): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const isPlain = url.protocol === 'http:';
      const request = (isPlain ? requestPlain : requestTls)(url, {
        agent: isPlain ? plain : tls,
        method: call.method,
        headers: {
          ...call.headers,
          ...(call.body === undefined ? {} : { 'content-length': Buffer.byteLength(call.body) }),
        },
        signal,
      });
      request.on('error', (error) => {
        // A kept connection whose server was gone before it saw the request.
        const isStale = request.reusedSocket && codeOf(error) === 'ECONNRESET';
        if (isStale && !signal.aborted) once(call, url, signal).then(resolve, reject);
        else reject(noAnswer(error, signal));
      });
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        const answered = (): void => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          });
        };
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk.subarray(0, MAX_ANSWER_BYTES - size));
          size += chunk.length;
          if (size < MAX_ANSWER_BYTES) return;
          answered();
          response.destroy();
        });
        response.on('end', answered);
        response.on('error', (error) => {
          reject(noAnswer(error, signal));
        });
      });
      request.end(call.body);
    });

  return async (call, signal) => {
    const url = allowedUrl(call.url, reach);
    if (signal.aborted) throw new NoAnswer('time is over');
    return once(call, url, signal);
  };
}

/** @throws NoAnswer */
function allowedUrl(text: string, reach: Reach): URL {
  const refusal = urlRefusal(text, reach);
  if (refusal !== undefined) throw new NoAnswer(refusal);
  return new URL(text);
}

function noAnswer(error: Error, signal: AbortSignal): NoAnswer {
  if (signal.aborted) return new NoAnswer('time is over');
  return new NoAnswer(`no answer: ${codeOf(error)}`);
}

/** Such as ECONNREFUSED or CERT_HAS_EXPIRED; a message would name the address. */
function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^\w+$/.test(code) ? code : error.name;
}
