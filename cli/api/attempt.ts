import type { Clock } from '../context.ts';
import { codeOf, fieldOf, reasonOf } from '../error-reason.ts';
import { readProblem, type Problem } from './problem.ts';
import { retryAfterMs, setbackOf, type Setback } from './retry.ts';

/** The API answers within 3 s or says 503; a database or a network may be slower than that. */
const TIMEOUT_MS = 10_000;

export interface Reply {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export type Outcome =
  | { readonly kind: 'answered'; readonly reply: Reply }
  /** A definite no. */
  | { readonly kind: 'refused'; readonly problem: Problem }
  | {
      readonly kind: 'setback';
      readonly setback: Setback;
      readonly what: string;
      readonly problem?: Problem;
    };

export interface Attempt {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/**
 * One request, whatever comes of it.
 * @throws the signal's reason when it is aborted
 */
export async function attempt(
  { url, method, headers, body }: Attempt,
  clock: Clock,
  interrupted: AbortSignal,
): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      // A token goes to the address that was named, and to no other.
      redirect: 'manual',
      signal: AbortSignal.any([interrupted, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = await response.text();
    return judged({ url, status: response.status, headers: response.headers, text }, clock.now());
  } catch (error) {
    interrupted.throwIfAborted();
    const { code, reason } = causeOf(error);
    return { kind: 'setback', setback: setbackOf(code), what: `${url.origin}: ${reason}` };
  }
}

/** Behind these there is a server that is away for a while, whoever says so. */
const PASSING = [408, 429, 500, 502, 503, 504];

function judged(reply: Reply, now: number): Outcome {
  const { status, headers, text } = reply;
  if (status >= 200 && status < 300) return { kind: 'answered', reply };
  const problem = readProblem(status, text, headers.get('x-request-id'));
  if (!PASSING.includes(status)) return { kind: 'refused', problem };
  const setback = {
    kind: 'unavailable',
    retryAfterMs: retryAfterMs(headers.get('retry-after'), now),
  } as const;
  return { kind: 'setback', setback, what: `${status} ${problem.code ?? problem.title}`, problem };
}

/** `fetch` wraps what happened; the system's code and words lie inside, sometimes of each address. */
function causeOf(error: unknown): { readonly code: string | undefined; readonly reason: string } {
  if (fieldOf(error, 'name') === 'TimeoutError') {
    return { code: 'ETIMEDOUT', reason: `no answer in ${TIMEOUT_MS / 1000} s` };
  }
  const errors = fieldOf(error, 'errors');
  const inner: unknown = Array.isArray(errors) ? errors[0] : fieldOf(error, 'cause');
  if (inner !== undefined) return causeOf(inner);
  const code = codeOf(error);
  const reason = code === undefined ? undefined : REASONS[code];
  return { code, reason: reason ?? reasonOf(error) };
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such host',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
};
