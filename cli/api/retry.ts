/** When to ask again, as a pure rule: the caller has the clock and the dice. */

/** What came of one attempt that gave no definite answer. */
export type Setback =
  /** 503 and its like: the API, or what stands before it, asks to come back. */
  | { readonly kind: 'unavailable'; readonly retryAfterMs: number | undefined }
  /** No connection: nobody listens there. */
  | { readonly kind: 'refused' }
  /** Cut or too slow: whether it was done is not known. */
  | { readonly kind: 'lost' }
  /** A name that does not exist, a certificate that is not good: it stays so. */
  | { readonly kind: 'hopeless' };

/** A gate that is being rebuilt needs 4 to 8 s, a database that fails over some 20 s. */
export const PATIENCE_MS = 30_000;

/** Nobody listens: a restart takes as long, and more is waiting for a stack that isn't there. */
export const REFUSED_PATIENCE_MS = 2_000;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/**
 * @param attempts made so far, from 1
 * @param elapsedMs since the first began
 * @param chance from 0 to 1: many programs that were refused at once must not come back at once
 * @returns milliseconds to wait, or undefined to give up
 */
export function pauseBeforeRetry(
  setback: Setback,
  attempts: number,
  elapsedMs: number,
  chance: number,
): number | undefined {
  if (setback.kind === 'hopeless') return undefined;
  const backOff = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1));
  const asked = setback.kind === 'unavailable' ? (setback.retryAfterMs ?? 0) : 0;
  const pause = Math.max(asked, backOff * (0.5 + chance / 2));
  const patience = setback.kind === 'refused' ? REFUSED_PATIENCE_MS : PATIENCE_MS;
  return elapsedMs + pause > patience ? undefined : pause;
}

/**
 * `Retry-After` (RFC 9110, 10.2.3): seconds, or a date.
 * @param now milliseconds since 1970
 * @returns milliseconds; undefined without the header or if it makes no sense
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const HOPELESS =
  /^(ENOTFOUND$|ERR_INVALID_URL$|ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;

/** Which setback an error of the connection is, by its system's code. */
export function setbackOf(code: string | undefined): Setback {
  // `fetch` itself does not want to, as with a port that browsers keep away from.
  if (code === undefined) return { kind: 'hopeless' };
  if (code === 'ECONNREFUSED') return { kind: 'refused' };
  return HOPELESS.test(code) ? { kind: 'hopeless' } : { kind: 'lost' };
}
