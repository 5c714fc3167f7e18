import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpReply } from './http-client.ts';

/** For a definite answer, whatever the fault. */
const PATIENCE_MS = 60_000;
/** After a reply that names no time to wait. */
const PAUSE_MS = 100;

/** What was answered: a reply, or what was made of it. */
type Settling =
  | HttpReply
  | {
      /** Undefined if the connection failed. */
      readonly status: number | undefined;
      readonly reply?: HttpReply;
    };

/**
 * Asks again, as often as it is told to, until there is a definite answer. On a busy machine a 503
 * is an honest one, and asking again is always safe.
 *
 * @param who asks, for the error when there is none within a minute
 */
export async function untilSettled<Reply extends Settling>(
  who: string,
  ask: () => Promise<Reply>,
): Promise<Reply> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    const reply = await ask();
    if (reply.status !== undefined && reply.status < 500) return reply;
    if (patience.aborted) {
      const last = wholeReply(reply)?.text ?? 'none at all';
      throw new Error(`${who} has no definite answer within ${PATIENCE_MS} ms; the last: ${last}`);
    }
    const seconds = Number(wholeReply(reply)?.headers['retry-after'] ?? 0);
    await sleep(seconds === 0 ? PAUSE_MS : seconds * 1000);
  }
}

function wholeReply(answer: Settling): HttpReply | undefined {
  return 'headers' in answer ? answer : answer.reply;
}
