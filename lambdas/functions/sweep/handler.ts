import { faultWords, throwPlainly } from '../../domain/fault-words.ts';
import type { LogFields, Logger } from '../../domain/log-lines.ts';
import type { Meter } from '../../domain/metrics.ts';
import { isExpectedFault } from '../../domain/ports.ts';
import type { SweepReport } from './sweep-pending.ts';

export interface SweepHandlerDependencies {
  readonly couponIds: () => Promise<string[]>;
  readonly sweep: (couponId: string) => Promise<SweepReport>;
  /** Milliseconds since the oldest claim of this coupon passed that nobody waits for any more. */
  readonly pendingAgeMs: (couponId: string) => Promise<number>;
  /** Each forgets what is kept for a time only; returns how much. */
  readonly purges: readonly (() => Promise<number>)[];
  readonly meter: Meter;
  /** Told of a fault that no server's absence explains. */
  readonly countUnexpected: () => void;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Sweeps all coupons, one after the other, then purges; one that fails keeps no other waiting. */
export function sweepHandler({
  couponIds,
  sweep,
  pendingAgeMs,
  purges,
  meter,
  countUnexpected,
  logger,
}: SweepHandlerDependencies): () => Promise<SweepReport> {
  const report = (
    what: 'coupon not swept' | 'not purged',
    error: unknown,
    fields: LogFields = {},
  ): void => {
    if (!isExpectedFault(error)) countUnexpected();
    logger.warn(what, { ...fields, ...faultWords(error) });
  };

  return async () => {
    let published = 0;
    let failed = 0;
    let oldestMs = 0;
    for (const couponId of await couponIds().catch(throwPlainly)) {
      try {
        // Before they are published, and also where the log is away and none will be.
        oldestMs = Math.max(oldestMs, await pendingAgeMs(couponId));
        const swept = await sweep(couponId);
        published += swept.published;
        failed += swept.failed;
        if (swept.published + swept.failed > 0) {
          logger.warn('pending claims swept', { couponId, ...swept });
        }
      } catch (error) {
        report('coupon not swept', error, { couponId });
      }
    }
    meter.record('PendingAge', oldestMs / 1_000);
    if (published > 0) meter.record('SweptClaims', published, { outcome: 'published' });
    if (failed > 0) meter.record('SweptClaims', failed, { outcome: 'failed' });
    for (const purge of purges) {
      await purge().catch((error: unknown) => {
        report('not purged', error);
      });
    }
    return { published, failed };
  };
}
