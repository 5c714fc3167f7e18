import { faultWords, throwPlainly } from '../../domain/fault-words.ts';
import type { Logger } from '../../domain/log-lines.ts';
import type { SweepReport } from './sweep-pending.ts';

export interface SweepHandlerDependencies {
  readonly couponIds: () => Promise<string[]>;
  readonly sweep: (couponId: string) => Promise<SweepReport>;
  /** Forgets what is kept for a time only; returns how much. */
  readonly purge: () => Promise<number>;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Sweeps all coupons, one after the other, then purges; one that fails does not keep the others waiting. */
export function sweepHandler({
  couponIds,
  sweep,
  purge,
  logger,
}: SweepHandlerDependencies): () => Promise<SweepReport> {
  return async () => {
    let published = 0;
    let failed = 0;
    for (const couponId of await couponIds().catch(throwPlainly)) {
      try {
        const report = await sweep(couponId);
        published += report.published;
        failed += report.failed;
        if (report.published + report.failed > 0) {
          logger.warn('pending claims swept', { couponId, ...report });
        }
      } catch (error) {
        logger.warn('coupon not swept', { couponId, ...faultWords(error) });
      }
    }
    try {
      await purge();
    } catch (error) {
      logger.warn('not purged', faultWords(error));
    }
    return { published, failed };
  };
}
