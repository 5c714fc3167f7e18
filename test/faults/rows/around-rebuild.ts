import { expect } from 'expect';
import { epochOf } from '../bench/epoch-of.ts';
import type { FaultBench } from '../bench/fault-bench.ts';
import { flushAll } from '../bench/flush-all.ts';
import { open, rebuildSteps, settling, type RebuildStep } from '../bench/rebuild-steps.ts';
import type { FaultRow, Stage } from '../bench/row.ts';
import { stopAt } from '../bench/stop-at.ts';
import { users } from '../../support/shoppers.ts';

/** So that a rebuild is a process of its own; few enough claims that none waits for a process. */
const options = { environments: 4 };
const load = { perSecond: 10 };

/** Claims while the gate is gone, and while others begin to build it. */
const GATE_IS_AWAY = ['503 gate_closed', '503 unavailable', '503 outcome_unknown'];

/** More than one chunk. */
const CLAIMS = 520;
const AT_ONCE = 3;

export const aroundRebuildRows: readonly FaultRow[] = [
  {
    id: '35',
    title: 'the process that rebuilds a gate is killed after each of its steps',
    injection: `kill -9 after: ${rebuildSteps.map(({ name }) => name).join(', ')}`,
    options,
    load,
    answers: GATE_IS_AWAY,
    // Who could say that the gate is open is killed, too.
    says: [],
    rings: ['claims-gate-closed', 'function-errors-restore'],
    async strike({ bench, spike }) {
      await fill(bench, spike.couponId);
      await flushAll(bench.servers.endpoints.valkeyUrl);
      let killed = 0;
      for (const step of rebuildSteps) {
        const stopped = await stopAt(bench, step, spike.couponId);
        await stopped.deliver();
        await stopped.kill();
        killed += 1;
      }
      spike.healed();
      return killed;
    },
  },
  {
    id: '36',
    title: 'a rebuilder is frozen, another finishes, and the first goes on',
    injection:
      'SIGSTOP when it has its marker and waits; SIGCONT when the gate is open by another hand',
    options,
    load,
    answers: GATE_IS_AWAY,
    says: ['gate opened'],
    rings: ['claims-gate-closed'],
    strike: (stage) =>
      outlive(stage, settling, async (zombie) => {
        await zombie.deliver();
        return () => zombie.thaw();
      }),
  },
  {
    id: '36b',
    title: 'a rebuilder is frozen as it opens the gate, which arrives when another has opened it',
    injection: 'SIGSTOP with its last request under way; both go on when the gate is open',
    options,
    load,
    answers: GATE_IS_AWAY,
    says: ['gate opened'],
    rings: ['claims-gate-closed'],
    strike: (stage) =>
      outlive(stage, open, (zombie) =>
        Promise.resolve(async () => {
          await zombie.deliver();
          return zombie.thaw();
        }),
      ),
  },
];

type Zombie = Awaited<ReturnType<typeof stopAt>>;

/**
 * A rebuild stands still at a step; users are served again meanwhile; then it goes on, and the gate
 * that another has opened needs no other.
 */
async function outlive(
  { bench, spike }: Stage,
  step: RebuildStep,
  whileOthersWork: (zombie: Zombie) => Promise<() => Promise<boolean>>,
): Promise<number> {
  await flushAll(bench.servers.endpoints.valkeyUrl);
  const zombie = await stopAt(bench, step, spike.couponId);
  // Nobody mends anything: its lease and its locks run out by themselves.
  spike.healed();
  const goOn = await whileOthersWork(zombie);
  await spike.succeeds(20);
  const epoch = await epochOf(bench, spike.couponId);
  const stoodStill = await goOn();
  // Longer than from one look of the restore function at the gate to the next.
  await spike.succeeds(40);
  expect(await epochOf(bench, spike.couponId)).toBe(epoch);
  return stoodStill ? 1 : 0;
}

async function fill({ flow }: FaultBench, couponId: string): Promise<void> {
  const waiting = users(`${couponId}-fill`, CLAIMS);
  const claim = async (): Promise<void> => {
    for (let user = waiting.pop(); user !== undefined; user = waiting.pop()) {
      await flow.shoppers.claimUntilSettled(couponId, user);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, claim));
}
