import type { Clock } from '../../domain/deadline.ts';

export interface ClocksToCompare {
  /** Valkey's, milliseconds since 1970: it decides on the issue window, and when keys expire. */
  readonly gateTime: () => Promise<number>;
  /** PostgreSQL's, milliseconds since 1970: it decides on everything else. */
  readonly ledgerTime: () => Promise<number>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/**
 * Milliseconds by which the two clocks surely differ: what asking them took is not counted.
 * Positive when the gate's is ahead.
 */
export async function clocksApartMs({
  gateTime,
  ledgerTime,
  clock,
}: ClocksToCompare): Promise<number> {
  const begun = clock.monotonic();
  const [gate, ledger] = await Promise.all([gateTime(), ledgerTime()]);
  const apart = gate - ledger;
  const took = clock.monotonic() - begun;
  return Math.sign(apart) * Math.max(0, Math.abs(apart) - took);
}
