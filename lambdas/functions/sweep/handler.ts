import type { Clock, Deadline } from '../../domain/deadline.ts';
import { deadlineAfter, isPast } from '../../domain/deadline.ts';
import { faultWords, throwPlainly } from '../../domain/fault-words.ts';
import type { LogFields, Logger } from '../../domain/log-lines.ts';
import type { Meter } from '../../domain/metrics.ts';
import { isExpectedFault, LogUnavailable } from '../../domain/ports.ts';
import { tellUnexpected } from '../../domain/unexpected-fault.ts';
import type { PendingSummary } from './read-pending.ts';
import type { SweepReport } from './sweep-pending.ts';

export interface SweepHandlerDependencies {
  /** Drops what a run before has left, and nobody may publish any more. */
  readonly discardExpired: () => void;
  readonly couponIds: () => Promise<string[]>;
  /** Of a coupon's claims that passed the gate and nobody waits for any more. */
  readonly readPending: (couponId: string) => Promise<PendingSummary>;
  /** Publishes them. */
  readonly sweep: (couponId: string) => Promise<SweepReport>;
  /** Each forgets what is kept for a time only, until it is over; returns how much. */
  readonly purges: readonly ((isOver: () => boolean) => Promise<number>)[];
  readonly clock: Clock;
  readonly settings: SweepRunSettings;
  readonly meter: Meter;
  /** Told of a fault that no server's absence explains. */
  readonly countUnexpected: () => void;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
}

export interface SweepRunSettings {
  /** Gates that are asked at the same time. */
  readonly concurrency: number;
  /** So long after its beginning a run turns to no further coupon. Milliseconds. */
  readonly runMs: number;
}

interface PendingOfCoupon extends PendingSummary {
  readonly couponId: string;
}

/**
 * Tells how old the oldest pending claim is, publishes the pending claims of all coupons, then
 * purges. One that fails does not keep the others waiting.
 */
export function sweepHandler(dependencies: SweepHandlerDependencies): () => Promise<SweepReport> {
  const { discardExpired, couponIds, sweep, purges, clock, settings, meter, logger } = dependencies;

  const report = (
    what: 'coupon not swept' | 'not purged',
    error: unknown,
    fields: LogFields = {},
  ): void => {
    if (isExpectedFault(error)) logger.warn(what, { ...fields, ...faultWords(error) });
    else tellUnexpected(error, { what, ...fields }, dependencies);
  };

  /** Of the coupons whose gates answer. */
  const readAll = async (ids: readonly string[], end: Deadline): Promise<PendingOfCoupon[]> => {
    const waiting = [...ids];
    const found: PendingOfCoupon[] = [];
    const work = async (): Promise<void> => {
      for (let couponId = waiting.shift(); couponId !== undefined; couponId = waiting.shift()) {
        if (isPast(clock, end)) return;
        try {
          found.push({ couponId, ...(await dependencies.readPending(couponId)) });
        } catch (error) {
          report('coupon not swept', error, { couponId });
        }
      }
    };
    await Promise.all(Array.from({ length: settings.concurrency }, work));
    return found;
  };

  /** What is not published stays pending, and has failed in this run, whatever the reason. */
  const publishAll = async (
    pending: readonly PendingOfCoupon[],
    end: Deadline,
  ): Promise<SweepReport> => {
    const total = { published: 0, failed: 0 };
    // Each coupon would wait for Kafka again, and the run would be cut off before it told anything.
    let isLogAway = false;
    for (const { couponId, claims } of pending) {
      let swept: SweepReport = { published: 0, failed: claims };
      try {
        if (!isLogAway && !isPast(clock, end)) swept = await sweep(couponId);
      } catch (error) {
        isLogAway ||= error instanceof LogUnavailable;
        report('coupon not swept', error, { couponId });
      }
      total.published += swept.published;
      total.failed += swept.failed;
      if (swept.published + swept.failed > 0) {
        logger.warn('pending claims swept', { couponId, ...swept });
      }
    }
    return total;
  };

  return async () => {
    discardExpired();
    const end = deadlineAfter(clock, settings.runMs);
    const ids = await couponIds().catch(throwPlainly);
    const read = await readAll(ids, end);
    // Before they are published. Where no gate answers nobody knows how old they are: that is not 0.
    if (ids.length === 0 || read.length > 0) {
      meter.record('PendingAge', Math.max(0, ...read.map(({ oldestMs }) => oldestMs)) / 1_000);
    }
    const total = await publishAll(
      read.filter(({ claims }) => claims > 0),
      end,
    );
    const { published, failed } = total;
    if (published > 0) meter.record('SweptClaims', published, { outcome: 'published' });
    if (failed > 0) meter.record('SweptClaims', failed, { outcome: 'failed' });
    // What is left of them is purged in a minute.
    const isOver = (): boolean => isPast(clock, end);
    for (const purge of purges) {
      if (isOver()) break;
      await purge(isOver).catch((error: unknown) => {
        report('not purged', error);
      });
    }
    return total;
  };
}
