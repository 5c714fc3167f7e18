import { LedgerUnavailable } from '../../domain/ports.ts';

/** Each further try means that another write came between a reading and its own. */
const MAX_TRIES = 5;

/**
 * Reads, decides and writes; anew when what was read is no longer so at the write. Rejects with
 * {@link LedgerUnavailable} when it is overtaken each time.
 *
 * @param attempt undefined when its write came to nothing
 */
export async function decidedAnew<Outcome>(
  attempt: () => Promise<Outcome | undefined>,
): Promise<Outcome> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const outcome = await attempt();
    if (outcome !== undefined) return outcome;
  }
  throw new LedgerUnavailable(`overtaken ${MAX_TRIES} times`);
}
