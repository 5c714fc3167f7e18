import type { Clock, Deadline } from './deadline.ts';
import { deadlineAfter, remainingMs } from './deadline.ts';
import type { Logger } from './log-lines.ts';
import type { Meter } from './metrics.ts';
import type { NotificationChannels, NotificationQueue, Settlement } from './notification-ledger.ts';
import type { Channel, NotificationSender, NotificationSenders } from './notification.ts';
import { sendTogether } from './send-together.ts';
import type { DeliverySettings } from './sending-pace.ts';
import { SendingPace } from './sending-pace.ts';

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
  readonly meter: Meter;
  readonly logger: Pick<Logger, 'writesInfo' | 'info'>;
  readonly onFault: (what: string, error: unknown) => void;
}

/** How much of it one run does. */
export interface DeliveryRun {
  /** No attempt begins later, and none goes on for longer. Milliseconds. */
  readonly budgetMs: number;
  /** Through each channel; all that is due without. */
  readonly limit?: number;
  /** All that the environment has, without. */
  readonly only?: readonly Channel[];
}

export type DeliveryReport = Record<Settlement['kind'], number>;

/**
 * Sends what is due, each channel for itself: one that hangs or fails keeps no other waiting. Killed
 * anywhere, it loses nothing: what was taken and not settled comes again, with the same id.
 */
export async function deliverNotifications(
  dependencies: DeliveryDependencies,
  { budgetMs, limit = Number.POSITIVE_INFINITY, only }: DeliveryRun,
): Promise<DeliveryReport> {
  const { senders, clock, onFault } = dependencies;
  const report: DeliveryReport = { sent: 0, nobody: 0, parked: 0, again: 0, untried: 0 };
  const end = deadlineAfter(clock, budgetMs);
  const work = Object.entries(senders) as [Channel, NotificationSender][];
  await Promise.all(
    work
      .filter(([channel]) => only?.includes(channel) !== false)
      .map(([channel, sender]) =>
        deliverThrough(channel, sender, dependencies, { end, limit }, report).catch(
          (error: unknown) => {
            onFault(`notifications by ${channel}`, error);
          },
        ),
      ),
  );
  return report;
}

async function deliverThrough(
  channel: Channel,
  sender: NotificationSender,
  dependencies: DeliveryDependencies,
  { end, limit }: { readonly end: Deadline; readonly limit: number },
  report: DeliveryReport,
): Promise<void> {
  const { queue, channels, clock, holder, settings } = dependencies;
  const turn = await channels.take(channel, holder, settings.takenMs);
  if (turn === undefined) return;
  const pace = new SendingPace(settings.paces[channel], settings.pauses, turn, clock.monotonic());
  let left = limit;
  try {
    while (left > 0 && remainingMs(clock, end) > 0) {
      const count = pace.isOnTrial ? 1 : Math.min(left, chunkOf(settings, channel));
      const due = await queue.take(channel, count, settings.takenMs);
      if (due.length === 0) break;
      const settled = await sendTogether(due, sender, pace, { ...dependencies, channel, end });
      await queue.settle(settled);
      for (const { kind } of settled) report[kind] += 1;
      left -= due.length;
      // Out of time, or the channel fails: the rest was given back.
      if (pace.isOnTrial || settled.some(({ kind }) => kind === 'untried')) break;
      if ((await channels.take(channel, holder, settings.takenMs)) === undefined) return;
    }
  } finally {
    await channels.release(channel, holder, pace.turn(clock.monotonic()));
  }
}

/** As many as are sent in five seconds: what is taken is to be settled before others may take it. */
function chunkOf({ paces, chunkSize }: DeliverySettings, channel: Channel): number {
  return Math.max(1, Math.min(chunkSize, paces[channel].perSecond * 5));
}
