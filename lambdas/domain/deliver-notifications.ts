import type { Clock, Deadline } from './deadline.ts';
import { deadlineAfter, isPast, remainingMs } from './deadline.ts';
import type { Logger } from './log-lines.ts';
import type { Meter } from './metrics.ts';
import type {
  ChannelTurn,
  NotificationChannels,
  NotificationQueue,
  Settlement,
} from './notification-ledger.ts';
import type { Channel, NotificationSender, NotificationSenders } from './notification.ts';
import { sendTogether } from './send-together.ts';
import type { DeliverySettings } from './sending-pace.ts';
import { SendingPace } from './sending-pace.ts';
import type { SlowChannels } from './slow-channels.ts';

export interface DeliveryDependencies {
  readonly queue: NotificationQueue;
  readonly channels: NotificationChannels;
  readonly senders: NotificationSenders;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Tells senders apart. */
  readonly holder: string;
  readonly settings: DeliverySettings;
  /** Of this process, from one run to the next. */
  readonly slow: SlowChannels;
  readonly meter: Meter;
  readonly logger: Pick<Logger, 'writesInfo' | 'info'>;
  readonly onFault: (what: string, error: unknown) => void;
}

/** How much of it one run does. */
export interface DeliveryRun {
  /** No attempt begins later. Milliseconds. */
  readonly budgetMs: number;
  /** For so long it asks again for a channel that another has. Milliseconds; not at all without. */
  readonly patienceMs?: number;
  /** Of a run that keeps others waiting; without, each attempt has the time of its channel. */
  readonly haste?: Haste;
  /** Through each channel; all that is due without. */
  readonly limit?: number;
  /** All that the environment has, without. */
  readonly only?: readonly Channel[];
}

/**
 * What can't be done in haste is left to runs that have time: a trial of a channel that failed, and
 * a while long all of a channel that was too slow.
 */
export interface Haste {
  /** No attempt goes on for longer: it is cut, and made again. Milliseconds from the run's beginning. */
  readonly cutMs: number;
  /** For so long this process leaves a channel of which it has cut an attempt. Milliseconds. */
  readonly leaveMs: number;
}

export type DeliveryReport = Record<Settlement['kind'], number>;

/**
 * Sends what is due, each channel for itself: one that hangs or fails keeps no other waiting. Killed
 * anywhere, it loses nothing: what was taken and not settled comes again, with the same id.
 */
export async function deliverNotifications(
  dependencies: DeliveryDependencies,
  run: DeliveryRun,
): Promise<DeliveryReport> {
  const { senders, clock, slow, onFault } = dependencies;
  const { budgetMs, haste, only } = run;
  const report: DeliveryReport = { sent: 0, nobody: 0, parked: 0, again: 0, untried: 0, cut: 0 };
  const times = {
    end: deadlineAfter(clock, budgetMs),
    cut: haste && deadlineAfter(clock, haste.cutMs),
  };
  const work = Object.entries(senders) as [Channel, NotificationSender][];
  await Promise.all(
    work
      .filter(([channel]) => only?.includes(channel) !== false)
      .filter(([channel]) => haste === undefined || !slow.isLeft(channel))
      .map(([channel, sender]) =>
        deliverThrough(channel, sender, dependencies, { ...run, ...times }, report).catch(
          (error: unknown) => {
            onFault(`notifications by ${channel}`, error);
          },
        ),
      ),
  );
  return report;
}

interface TimedRun extends DeliveryRun {
  readonly end: Deadline;
  readonly cut: Deadline | undefined;
}

async function deliverThrough(
  channel: Channel,
  sender: NotificationSender,
  dependencies: DeliveryDependencies,
  { end, cut, limit, patienceMs = 0, haste }: TimedRun,
  report: DeliveryReport,
): Promise<void> {
  const { queue, channels, clock, holder, settings, slow } = dependencies;
  const turn = await turnOf(channel, dependencies, patienceMs);
  if (turn === undefined) return;
  const pace = new SendingPace(settings.paces[channel], settings.pauses, turn, clock.monotonic());
  let left = limit ?? Number.POSITIVE_INFINITY;
  try {
    if (haste !== undefined && pace.isOnTrial) return;
    while (left > 0 && remainingMs(clock, end) > 0) {
      const count = pace.isOnTrial ? 1 : Math.min(left, chunkOf(settings, channel));
      const due = await queue.take(channel, count, settings.takenMs, pace.nextOrder());
      if (due.length === 0) break;
      const settled = await sendTogether(due, sender, pace, { ...dependencies, channel, end, cut });
      const has = (what: Settlement['kind']): boolean => settled.some(({ kind }) => kind === what);
      if (haste !== undefined && has('cut')) slow.leave(channel, haste.leaveMs);
      await queue.settle(settled);
      for (const { kind } of settled) report[kind] += 1;
      left -= due.length;
      // Out of time, or the channel fails: the rest was given back.
      if (pace.isStopped || has('untried')) break;
      if ((await channels.take(channel, holder, settings.takenMs)) === undefined) return;
    }
  } finally {
    await channels.release(channel, holder, pace.turn(clock.monotonic()));
  }
}

/** The record function has a channel for a second; who has more time asks again until it is free. */
async function turnOf(
  channel: Channel,
  { channels, clock, holder, settings }: DeliveryDependencies,
  patienceMs: number,
): Promise<ChannelTurn | undefined> {
  const end = deadlineAfter(clock, patienceMs);
  for (;;) {
    const turn = await channels.take(channel, holder, settings.takenMs);
    if (turn !== undefined || isPast(clock, end)) return turn;
    await clock.sleep(ASK_AGAIN_MS);
  }
}

/** Between two batches the record function leaves a channel for a few milliseconds only. */
const ASK_AGAIN_MS = 100;

/** As many as are sent in five seconds: what is taken is to be settled before others may take it. */
function chunkOf({ paces, chunkSize }: DeliverySettings, channel: Channel): number {
  return Math.max(1, Math.floor(Math.min(chunkSize, paces[channel].perSecond * 5)));
}
