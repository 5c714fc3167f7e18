import { isExpectedFault } from '../../domain/ports.ts';
import type { RestoreResult } from '../../domain/restore-gate.ts';

/** `{ couponId }` for one gate, `{}` (from the schedule) for all that should be open. */
export interface RestoreEvent {
  readonly couponId?: string;
}

/** Coupon ids by what came of them. */
export interface RestoreReport {
  readonly opened: readonly string[];
  /** Open, but with other terms than the coupon's until now. */
  readonly aligned: readonly string[];
  readonly alreadyOpen: readonly string[];
  /** Not yet open: ask again. */
  readonly waiting: readonly string[];
  /** Not to be opened: past their end, or unknown. */
  readonly over: readonly string[];
  readonly failed: readonly string[];
}

export interface RestoreHandlerDependencies {
  readonly couponIds: () => Promise<string[]>;
  readonly restore: (couponId: string) => Promise<RestoreResult>;
  readonly concurrency: number;
  readonly onOpened: () => void;
  /** Told of a fault that no server's absence explains. */
  readonly countUnexpected: () => void;
  /** Milliseconds by which the gate's clock is ahead of the ledger's. */
  readonly clocksApartMs: () => Promise<number>;
  /** More than this is told. Milliseconds. */
  readonly clockToleranceMs: number;
  readonly logger: {
    warn(message: string, fields: Readonly<Record<string, unknown>>): void;
    error(message: string, fields: Readonly<Record<string, unknown>>): void;
  };
}

type Bucket = keyof RestoreReport;

const BUCKETS: Record<RestoreResult, Bucket> = {
  opened: 'opened',
  already_open: 'alreadyOpen',
  aligned: 'aligned',
  waiting: 'waiting',
  superseded: 'waiting',
  ended: 'over',
  unknown_coupon: 'over',
};

/** Opens gates, or builds them again. One that fails does not keep the others waiting. */
export function restoreHandler(
  dependencies: RestoreHandlerDependencies,
): (event: RestoreEvent) => Promise<RestoreReport> {
  const { couponIds, restore, concurrency, clocksApartMs, clockToleranceMs, logger } = dependencies;
  const { onOpened, countUnexpected } = dependencies;

  const attempt = async (couponId: string): Promise<Bucket> => {
    try {
      const result = await restore(couponId);
      if (result === 'opened') {
        logger.warn('gate opened', { couponId });
        onOpened();
      }
      if (result === 'aligned') logger.warn('gate aligned', { couponId });
      return BUCKETS[result];
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
      // The next run tries again: only what no server's absence explains is an error to mend.
      const isExpected = isExpectedFault(error);
      if (!isExpected) countUnexpected();
      logger[isExpected ? 'warn' : 'error']('gate not opened', { couponId, reason });
      return 'failed';
    }
  };

  // Nobody can mend it here, and a server that is away has its own reports.
  const compareClocks = async (): Promise<void> => {
    const aheadMs = await clocksApartMs().catch(() => 0);
    if (Math.abs(aheadMs) > clockToleranceMs) logger.error('clocks differ', { aheadMs });
  };

  return async ({ couponId }) => {
    if (couponId === undefined) await compareClocks();
    const waiting = couponId === undefined ? await couponIds() : [couponId];
    const report: Record<Bucket, string[]> = {
      opened: [],
      aligned: [],
      alreadyOpen: [],
      waiting: [],
      over: [],
      failed: [],
    };
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        report[await attempt(next)].push(next);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return report;
  };
}
