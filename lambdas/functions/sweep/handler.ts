import type { SweepReport } from './sweep-pending.ts';

export interface SweepHandlerDependencies {
  readonly couponIds: () => Promise<string[]>;
  readonly sweep: (couponId: string) => Promise<SweepReport>;
  readonly logger: { warn(message: string, fields: Readonly<Record<string, unknown>>): void };
}

/** Sweeps all coupons, one after the other; one that fails does not keep the others waiting. */
export function sweepHandler({
  couponIds,
  sweep,
  logger,
}: SweepHandlerDependencies): () => Promise<SweepReport> {
  return async () => {
    let published = 0;
    let failed = 0;
    for (const couponId of await couponIds()) {
      try {
        const report = await sweep(couponId);
        published += report.published;
        failed += report.failed;
        if (report.published + report.failed > 0) {
          logger.warn('pending claims swept', { couponId, ...report });
        }
      } catch (error) {
        const reason = error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
        logger.warn('coupon not swept', { couponId, reason });
      }
    }
    return { published, failed };
  };
}
