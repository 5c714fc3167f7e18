import type { Clock, Deadline } from './deadline.ts';
import { deadlineAfter, remainingMs } from './deadline.ts';
import type { Logger } from './log-lines.ts';
import type { Meter } from './metrics.ts';
import type { DueNotification, Settlement } from './notification-ledger.ts';
import type {
  Channel,
  NotificationSender,
  NotificationToSend,
  SendOutcome,
} from './notification.ts';
import type { DeliverySettings, SendingPace } from './sending-pace.ts';
import { backOffMs } from './sending-pace.ts';

export interface SendingContext {
  readonly channel: Channel;
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: DeliverySettings;
  readonly meter: Meter;
  /** Of each attempt one line, so that a claim can be followed to its end. */
  readonly logger: Pick<Logger, 'writesInfo' | 'info'>;
  readonly onFault: (what: string, error: unknown) => void;
  /** No attempt begins later. */
  readonly end: Deadline;
  /** None goes on for longer; without, each has the time of its channel. */
  readonly cut?: Deadline | undefined;
}

/** `cut`: it was not given the time of its channel, so it says nothing of the channel. */
type AttemptOutcome = SendOutcome | { readonly kind: 'cut' };

/** After the last attempt, for writing down what came of it. Milliseconds. */
const SETTLE_MS = 5_000;

/**
 * Sends what was taken, as fast as the channel may be used and a few at the same time. What there
 * was no time for, or what was left when the channel began to fail, comes back untried.
 */
export async function sendTogether(
  due: readonly DueNotification[],
  sender: NotificationSender,
  pace: SendingPace,
  context: SendingContext,
): Promise<Settlement[]> {
  const { clock, settings, channel } = context;
  const { concurrency, timeoutMs } = settings.paces[channel];
  const waiting = [...due];
  const settled: Settlement[] = [];
  // Then it is another's, who would send the same a second time.
  const taken = deadlineAfter(clock, settings.takenMs - timeoutMs - SETTLE_MS);
  const leftMs = (): number => Math.min(remainingMs(clock, context.end), remainingMs(clock, taken));

  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      settled.push(await settleOne(next));
    }
  };
  const settleOne = async (next: DueNotification): Promise<Settlement> => {
    const { id, takenUntil, dueSince, facts } = next;
    // Who took it before has died each time; it must not go on for ever.
    if (next.tries > settings.backOff.tries) {
      return { id, takenUntil, kind: 'parked', reason: 'no attempt came to an end' };
    }
    if ('nobody' in facts) return { id, takenUntil, kind: 'nobody', reason: facts.nobody };
    const isOver = (waitMs: number): boolean => pace.isStopped || waitMs >= leftMs();
    const now = clock.monotonic();
    const waitMs = pace.nextSlot(now) - now;
    if (isOver(waitMs)) {
      pace.giveBack();
      return { id, takenUntil, dueSince, kind: 'untried' };
    }
    if (waitMs > 0) await clock.sleep(waitMs);
    if (isOver(0)) return { id, takenUntil, dueSince, kind: 'untried' };
    const outcome = await attempt({ ...next, facts }, sender, context);
    logAttempt({ ...next, facts }, outcome, context);
    return settlementOf(next, outcome, pace, context);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return settled;
}

/** A sender that does not keep its word is held to its time all the same. */
async function attempt(
  notification: NotificationToSend,
  sender: NotificationSender,
  { onFault, channel, clock, settings, cut }: SendingContext,
): Promise<AttemptOutcome> {
  const { timeoutMs } = settings.paces[channel];
  const ms = Math.min(timeoutMs, cut === undefined ? timeoutMs : remainingMs(clock, cut));
  const ending = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<AttemptOutcome>();
  const timer = setTimeout(
    () => {
      // First, for the sender will say that it was aborted.
      resolve(ms < timeoutMs ? { kind: 'cut' } : { kind: 'failed', reason: 'no answer in time' });
      ending.abort();
    },
    Math.max(1, ms),
  );
  try {
    return await Promise.race([sender.send(notification, ending.signal), late]);
  } catch (error) {
    onFault(`sender of ${channel}`, error);
    return { kind: 'failed', reason: 'the sender failed' };
  } finally {
    clearTimeout(timer);
  }
}

function logAttempt(
  { channel, event, facts, requestId }: NotificationToSend,
  outcome: AttemptOutcome,
  { logger }: SendingContext,
): void {
  if (!logger.writesInfo) return;
  const { couponId, issuance } = facts;
  const about = { requestId, couponId, issuanceId: issuance?.id, channel, event };
  logger.info('notification', { ...about, outcome: outcome.kind });
}

function settlementOf(
  { id, takenUntil, dueSince, tries }: DueNotification,
  outcome: AttemptOutcome,
  pace: SendingPace,
  { channel, clock, random, settings, meter }: SendingContext,
): Settlement {
  const count = (what: 'sent' | 'failed' | 'parked'): void => {
    meter.record('Notifications', 1, { channel, outcome: what });
  };
  switch (outcome.kind) {
    case 'sent':
      pace.passed();
      count('sent');
      return { id, takenUntil, kind: 'sent' };
    case 'nobody':
      return { id, takenUntil, kind: 'nobody', reason: outcome.reason };
    case 'cut':
      return { id, takenUntil, dueSince, kind: 'cut' };
    case 'rejected':
      // The channel is well: it answered.
      if (outcome.isUnasked !== true) pace.passed();
      count('parked');
      return { id, takenUntil, kind: 'parked', reason: outcome.reason };
    case 'failed': {
      const { reason, retryAfterMs = 0 } = outcome;
      pace.failed(clock.monotonic(), retryAfterMs);
      if (tries >= settings.backOff.tries) {
        count('parked');
        return { id, takenUntil, kind: 'parked', reason };
      }
      count('failed');
      const afterMs = backOffMs(settings.backOff, tries, random(), retryAfterMs);
      return { id, takenUntil, kind: 'again', afterMs, reason };
    }
  }
}
