import { setTimeout as sleep } from 'node:timers/promises';
import { freeze } from '../../support/freeze.ts';
import { stateOf } from '../../support/process-state.ts';
import { isAlive } from '../../support/stack.ts';
import type { ProxiedConnection } from '../../support/tcp-proxy.ts';
import { until } from '../../support/until.ts';
import type { FaultBench } from './fault-bench.ts';
import { processBehind } from './process-behind.ts';
import type { RebuildStep } from './rebuild-steps.ts';

/** A lease has to run out before, and a drain may take its time. */
const PATIENCE_MS = 40_000;
const REPLY_MS = 10_000;
const END_MS = 60_000;

/** A process that stands still in the middle of a rebuild, its request on the way. */
export interface Stopped {
  /** Lets the request reach the server; resolves when the reply lies before the process. */
  deliver(): Promise<void>;
  /**
   * It goes on as if nothing had been; resolves when its invocation is over.
   *
   * @returns whether it stood still all the time
   */
  thaw(): Promise<boolean>;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
}

/**
 * Waits until a process takes this step of the coupon's rebuild, and freezes it before the server
 * gets the request.
 */
export async function stopAt(
  bench: FaultBench,
  step: RebuildStep,
  couponId: string,
): Promise<Stopped> {
  const link = bench.links[step.link];
  const held: Buffer[] = [];
  let connection: ProxiedConnection | undefined;
  let holds = step.afterMs === undefined;
  let replies = 0;
  link.spoil((bytes, direction, of) => {
    if (connection === undefined && direction === 'requests' && step.takes(bytes, couponId, of)) {
      connection = of;
    }
    if (of !== connection) return 'pass';
    if (direction === 'replies') {
      replies += 1;
      return 'pass';
    }
    // What follows on this connection must not overtake it.
    if (holds) held.push(bytes);
    return holds ? 'drop' : 'pass';
  });
  const { client, server } = await until(
    `a rebuild comes to: ${step.name}`,
    PATIENCE_MS,
    () => connection,
  );
  const pid = await processBehind(bench.flow.stack, client);
  if (step.afterMs !== undefined) await sleep(step.afterMs);
  await freeze(pid);

  const deliver = async (): Promise<void> => {
    const before = replies;
    if (holds) for (const bytes of held) server.write(bytes);
    const waits = holds;
    holds = false;
    if (waits) {
      await until('the reply', REPLY_MS, () => replies > before || undefined);
    }
    link.mend();
  };

  return {
    deliver,
    async thaw() {
      const stoodStill = (await stateOf(pid)) === 'T';
      process.kill(pid, 'SIGCONT');
      // The pool stops it again when its invocation is over.
      await until('the thawed process is done', END_MS, async () => {
        const state = await stateOf(pid);
        return state === undefined || state === 'T' ? true : undefined;
      });
      return stoodStill;
    },
    async kill() {
      process.kill(pid, 'SIGKILL');
      await until('it is gone', REPLY_MS, () => (isAlive(pid) ? undefined : true));
    },
  };
}
