import type { LogPositions } from '../../domain/ports.ts';

export type CountedLog = Pick<LogPositions, 'endOffsets' | 'committedOffsets'>;

/**
 * Records in the log that are not yet in the ledger. The ends first: what is committed by the time
 * it is asked for has then been recorded. Rejects with LogUnavailable.
 */
export async function countUnrecorded(log: CountedLog): Promise<number> {
  const ends = await log.endOffsets();
  const committed = await log.committedOffsets();
  return Object.entries(ends).reduce((sum, [partition, end]) => {
    const done = Math.max(0, Number(committed[partition] ?? '0'));
    return sum + Math.max(0, Number(end) - done);
  }, 0);
}
