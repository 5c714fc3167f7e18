import { expect } from 'expect';
import { broken } from '../../support/flow.ts';
import { logFromNow, type LogEntry } from './functions-log.ts';
import { Redeemers, type RedeemersOptions } from './redeemers.ts';
import type { FaultRow, Stage } from './row.ts';
import type { Spike } from './spike.ts';

interface RedeemingStage extends Stage {
  /** Runs while `strike` does. */
  readonly redeemers: Redeemers;
}

type RedeemingRow = Omit<FaultRow, 'strike' | 'after'> & {
  readonly redeemers?: RedeemersOptions;
  /** Answers that orders may get besides successes and the refusals of those who came second. */
  readonly redeemAnswers: readonly string[];
  readonly strike: (stage: RedeemingStage) => Promise<number>;
  readonly after?: (stage: RedeemingStage) => Promise<void>;
};

interface Running {
  readonly redeemers: Redeemers;
  readonly recoveryMs: number;
  readonly log: () => Promise<LogEntry[]>;
}

/** As the bench's bars for claims. */
const LONGEST_MS = 5_000;
const RECOVERY_MS = 30_000;

/**
 * A row whose fault strikes redemptions too, beside the claims: in the end each issuance is redeemed
 * by exactly one of the orders that wanted it, and every order was told one thing.
 */
export function redeeming(row: RedeemingRow): FaultRow {
  const { redeemers: options, redeemAnswers, strike, after, ...rest } = row;
  const running = new WeakMap<Spike, Running>();

  return {
    ...rest,
    async strike(stage) {
      const log = await logFromNow(stage.bench);
      const redeemers = await Redeemers.begin(stage.bench.flow, options);
      try {
        const hits = await strike({ ...stage, redeemers });
        // A little after the heal if the row does not say when.
        redeemers.healed();
        const recoveryMs = await redeemers.recovers();
        running.set(stage.spike, { redeemers, recoveryMs, log });
        return hits;
      } finally {
        await redeemers.stop();
      }
    },
    async after(stage) {
      const struck = running.get(stage.spike);
      if (struck === undefined) throw new Error('nobody redeems');
      const { redeemers, recoveryMs, log } = struck;
      const told = redeemers.byAnswer();
      await redeemers.settle();

      expect(broken(await stage.bench.flow.invariants(redeemers.couponId))).toEqual([]);
      expect(Object.keys(redeemers.byWinners())).toEqual(['1']);
      expect(unexpected(told, redeemAnswers)).toEqual({});
      // Otherwise the fault did not strike redemptions.
      for (const answer of redeemAnswers) expect(told).toHaveProperty([answer]);
      expect(redeemers.longestMs()).toBeLessThanOrEqual(LONGEST_MS);
      expect(recoveryMs).toBeLessThanOrEqual(RECOVERY_MS);
      // What is broken here is expected: an operator is warned, and nobody has anything to mend.
      expect((await log()).filter(isError)).toEqual([]);
      await after?.({ ...stage, redeemers });
    },
  };
}

/** Of the functions themselves; a failed invocation is the local runtime's line. */
function isError({ level, function: name }: LogEntry): boolean {
  return level === 'ERROR' && name !== undefined;
}

function unexpected(
  told: Record<string, number>,
  allowed: readonly string[],
): Record<string, number> {
  const expected = new Set(['200', '201', '409 already_redeemed', ...allowed]);
  return Object.fromEntries(Object.entries(told).filter(([answer]) => !expected.has(answer)));
}
