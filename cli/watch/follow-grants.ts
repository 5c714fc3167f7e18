import { isDone, readGrant } from '../api/grant.ts';
import type { Context } from '../context.ts';

const EVERY_MS = 1_000;
/** In a log, where a line stays. */
const LINE_EVERY_MS = 10_000;

/**
 * Asks for grants, until all are done or by Ctrl-C; progress goes to stderr.
 * @param read rejects when there is no definite answer
 * @returns the grants as they were answered last
 */
export async function followGrants(
  begun: readonly unknown[],
  read: (grantId: string) => Promise<unknown>,
  { clock, stderr, interrupted }: Context,
  progress: (grants: readonly unknown[]) => string,
): Promise<readonly unknown[]> {
  const grants = [...begun];
  let written = -Infinity;
  const report = (): void => {
    if (stderr.isTerminal) stderr.write(`\r\u001b[K${progress(grants)}`);
    else if (clock.elapsed() - written >= LINE_EVERY_MS) {
      written = clock.elapsed();
      stderr.write(`${progress(grants)}\n`);
    }
  };
  try {
    while (!grants.map(readGrant).every(isDone)) {
      report();
      await clock.sleep(EVERY_MS, interrupted);
      for (const [i, json] of grants.entries()) {
        const { id, ...grant } = readGrant(json);
        if (!isDone({ id, ...grant })) grants[i] = await read(id ?? '');
      }
    }
  } catch (error) {
    if (!interrupted.aborted) throw error;
  } finally {
    if (stderr.isTerminal) stderr.write('\r\u001b[K');
  }
  return grants;
}
