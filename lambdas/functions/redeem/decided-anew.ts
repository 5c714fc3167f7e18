import type { Clock } from '../../domain/deadline.ts';
import { deadlineAfter, isPast } from '../../domain/deadline.ts';
import { LedgerUnavailable } from '../../domain/ports.ts';

/** Each further try means that another write came between a reading and its own. */
const MAX_TRIES = 5;

/**
 * Milliseconds after which none is begun any more: one of a slow database takes up to 4.2 s (twice
 * a connection and a statement, see HTTP_DATABASE), and no request more than 5 s.
 */
const LAST_TRY_MS = 500;

/**
 * Reads, decides and writes; anew when what was read is no longer so at the write. Rejects with
 * {@link LedgerUnavailable} when it is overtaken each time, or was slow to be.
 *
 * @param attempt undefined when its write came to nothing
 */
export async function decidedAnew<Outcome>(
  clock: Clock,
  attempt: () => Promise<Outcome | undefined>,
): Promise<Outcome> {
  const lastTry = deadlineAfter(clock, LAST_TRY_MS);
  let tries = 0;
  do {
    tries += 1;
    const outcome = await attempt();
    if (outcome !== undefined) return outcome;
  } while (tries < MAX_TRIES && !isPast(clock, lastTry));
  throw new LedgerUnavailable(`overtaken ${tries} times`);
}
