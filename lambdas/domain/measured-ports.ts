import type { Clock } from './deadline.ts';
import type { Meter } from './metrics.ts';
import type { ClaimLog, StockGate } from './ports.ts';

type Watch = Pick<Clock, 'monotonic'>;

/** The same gate, whose claims are timed: also those that it did not answer. */
export function measureGate<Gate extends Pick<StockGate, 'claim'>>(
  gate: Gate,
  meter: Meter,
  clock: Watch,
): Gate {
  return {
    ...gate,
    async claim(request) {
      const begun = clock.monotonic();
      try {
        return await gate.claim(request);
      } finally {
        meter.record('GateDuration', clock.monotonic() - begun);
      }
    },
  };
}

/** The same log, whose publishes are timed: also those that were given up. */
export function measureLog<Log extends Pick<ClaimLog, 'publish'>>(
  log: Log,
  meter: Meter,
  clock: Watch,
): Log {
  return {
    ...log,
    async publish(...record) {
      const begun = clock.monotonic();
      try {
        await log.publish(...record);
      } finally {
        meter.record('PublishDuration', clock.monotonic() - begun);
      }
    },
  };
}
