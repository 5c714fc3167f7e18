import type { SendOutcome } from '../domain/notification.ts';
import { SettingUnavailable } from '../domain/ports.ts';
import { type HttpAnswer, NoAnswer } from './http-client.ts';

export const SENT: SendOutcome = { kind: 'sent' };

/** A longer pause that a server asks for is its mistake. */
const MAX_RETRY_AFTER_MS = 60 * 60 * 1000;

/** Tried again later, at the time that the answer names if it does. */
export function failed(reason: string, answer?: HttpAnswer): SendOutcome {
  const retryAfterMs = answer && retryAfter(answer);
  return { kind: 'failed', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

export function rejected(reason: string): SendOutcome & { readonly kind: 'rejected' } {
  return { kind: 'rejected', reason };
}

/** `Retry-After` in seconds, or as a date, which is read against the answer's own. Milliseconds. */
function retryAfter({ headers }: HttpAnswer): number | undefined {
  const text = headers['retry-after']?.trim() ?? '';
  const isDate = /^[A-Z][a-z]{2}, \d\d /.test(text);
  const ms = isDate
    ? Date.parse(text) - Date.parse(headers.date ?? '')
    : /^\d+$/.test(text) && Number(text) * 1_000;
  if (ms === false || Number.isNaN(ms)) return undefined;
  return Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

/**
 * What an answer of no particular protocol means. Of the refusals those pass that are about the
 * moment, or about who we are; another attempt at the rest would be refused as this one was.
 *
 * @param who for the reason: `the shop`
 */
export function outcomeOf(answer: HttpAnswer, who: string): SendOutcome {
  const { status } = answer;
  const reason = `${who} answered ${status}`;
  if (status >= 200 && status < 300) return SENT;
  const isFinal = status >= 400 && status < 500 && !PASSING.has(status);
  return isFinal ? rejected(reason) : failed(reason, answer);
}

const PASSING: ReadonlySet<number> = new Set([401, 403, 408, 409, 421, 425, 429]);

/** Takes what is no answer. */
export type FaultReport = (what: string, error: unknown) => void;

/**
 * The outcome of an attempt, whatever happens in it: what is known to happen has its reason, and
 * everything else is a bug, which is reported by its kind alone.
 */
export async function outcomeOfAttempt(
  attempt: () => Promise<SendOutcome>,
  what: string,
  onFault: FaultReport,
): Promise<SendOutcome> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof NoAnswer || error instanceof SettingUnavailable) {
      return failed(error.message);
    }
    const kind = error instanceof Error ? error.name : typeof error;
    onFault(what, new Error(kind));
    return failed(`unexpected: ${kind}`);
  }
}
