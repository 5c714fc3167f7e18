import type { ClaimEntry } from '../load/job.ts';
import type { Struck } from '../faults/strike.ts';

export interface FaultOutcome {
  readonly name: string;
  /** Seconds after the beginning. */
  readonly atSeconds: number;
  /** From the strike until the server served again, milliseconds. */
  readonly brokenMs: number;
  /** From then until no claim was told to come back any more, milliseconds. */
  readonly recoveryMs: number;
  /** Claims that were told to come back, or got no answer, meanwhile. */
  readonly turnedAway: number;
}

/** What became of each fault, until the next one struck. */
export function outcomesOf(
  faults: readonly Struck[],
  claims: readonly ClaimEntry[],
  begunAt: number,
): FaultOutcome[] {
  const inOrder = faults.toSorted((a, b) => a.struckAt - b.struckAt);
  return inOrder.map(({ name, struckAt, healedAt }, i) => {
    const until = inOrder[i + 1]?.struckAt ?? Number.POSITIVE_INFINITY;
    const turnedAway = claims.filter(
      ({ status, receivedAt }) =>
        (status === undefined || status >= 500) && receivedAt >= struckAt && receivedAt < until,
    );
    const last = turnedAway.reduce((latest, { receivedAt }) => Math.max(latest, receivedAt), 0);
    return {
      name,
      atSeconds: (struckAt - begunAt) / 1000,
      brokenMs: healedAt - struckAt,
      recoveryMs: Math.max(0, last - healedAt),
      turnedAway: turnedAway.length,
    };
  });
}
