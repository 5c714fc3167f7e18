import { stateOf } from '../../support/process-state.ts';
import { users } from '../../support/shoppers.ts';
import { until } from '../../support/until.ts';
import type { Stage } from './row.ts';
import { failpointOptions } from './shots.ts';

/** A process starts within a second or two, and on a busy machine within ten. */
const PATIENCE_MS = 30_000;
/** As many as make the service start all processes that a function may have. */
const CROWD = 8;

let crowds = 0;

/** Resolves when the issue function has as many processes as it may, and each can take a claim. */
export async function allServe({ bench: { flow }, spike: { couponId } }: Stage): Promise<void> {
  const ready = new Set<number>();
  await until('all processes take claims', PATIENCE_MS, async () => {
    const pids = [...(await flow.stack.pids())].flatMap(([name, pid]) =>
      name.startsWith('environment-issue-') ? [pid] : [],
    );
    // One that has nothing to do is stopped, and not before it has started.
    for (const pid of pids) if ((await stateOf(pid)) === 'T') ready.add(pid);
    if (pids.length < (failpointOptions.environments ?? 0)) {
      crowds += 1;
      const crowd = users(`${couponId}-crowd-${crowds}`, CROWD);
      await Promise.all(crowd.map((user) => flow.shoppers.claim(couponId, user)));
      return undefined;
    }
    return pids.every((pid) => ready.has(pid)) ? true : undefined;
  });
}
