import { expect } from 'expect';
import { setTimeout as sleep } from 'node:timers/promises';
import { users } from '../../support/shoppers.ts';
import { until } from '../../support/until.ts';
import { epochOf } from '../bench/epoch-of.ts';
import { spoilProduceReplies } from '../bench/kafka-traffic.ts';
import type { FaultRow, Stage } from '../bench/row.ts';

const options = { movesClock: true };
const PATIENCE_MS = 40_000;
/** Long enough for the schedule of the restore function, which compares the clocks. */
const HOLD_MS = 5_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A coupon of the bench can be claimed from an hour ago until in an hour. */
const WITHIN_WINDOW_MS = 30 * MINUTE_MS;
const OUTSIDE_WINDOW_MS = 2 * HOUR_MS;
/** A gate may be forgotten a week and an hour after the window. */
const PAST_EXPIRY_MS = 9 * DAY_MS;

export const aroundClockRows: readonly FaultRow[] = [
  {
    id: '32',
    title: "Valkey's clock jumps forward, past the end of the window, and back",
    injection: 'libfaketime: 2 h ahead; then half an hour ahead with publishes unanswered',
    options,
    answers: ['409 issue_ended', '503 unavailable', '503 outcome_unknown'],
    says: ['clocks differ'],
    rings: ['clocks-apart'],
    async strike(stage) {
      const { bench, spike } = stage;
      const told = counting(stage);
      await bench.movableValkey.setAhead(OUTSIDE_WINDOW_MS);
      await told('issue_ended', 20);
      await firstIsToldTheSame(stage);
      // Some never come back: their claims are pending, accepted at a time that is still to come.
      bench.links.kafka.spoil(spoilProduceReplies(() => 'drop'));
      await bench.movableValkey.setAhead(WITHIN_WINDOW_MS);
      await Promise.all(
        users(`${spike.couponId}-gone`, 5).map((user) =>
          bench.flow.shoppers.claim(spike.couponId, user),
        ),
      );
      await bench.movableValkey.setAhead(0);
      bench.links.kafka.mend();
      spike.healed();
      return Math.min(await told('issue_ended', 1), bench.links.kafka.hits);
    },
  },
  {
    id: '32b',
    title: "Valkey's clock jumps back, to before the beginning of the window, and on again",
    injection: 'libfaketime: half an hour behind, then 2 h behind, then right',
    options,
    answers: ['409 issue_not_started'],
    says: ['clocks differ'],
    rings: ['clocks-apart'],
    async strike(stage) {
      const { bench, spike } = stage;
      const told = counting(stage);
      await bench.movableValkey.setAhead(-WITHIN_WINDOW_MS);
      await spike.succeeds(50);
      await bench.movableValkey.setAhead(-OUTSIDE_WINDOW_MS);
      const hits = await told('issue_not_started', 20);
      await firstIsToldTheSame(stage);
      await sleep(HOLD_MS);
      await bench.movableValkey.setAhead(0);
      spike.healed();
      return hits;
    },
  },
  {
    id: '32c',
    title: "Valkey's clock jumps so far forward that it forgets the gate, and back",
    injection: 'libfaketime: 9 days ahead, until a rebuild was tried twice',
    options,
    answers: ['503 gate_closed', '503 unavailable', '503 outcome_unknown'],
    says: ['clocks differ'],
    rings: ['clocks-apart', 'claims-gate-closed'],
    async strike(stage) {
      const { bench, spike } = stage;
      const told = counting(stage);
      await bench.movableValkey.setAhead(PAST_EXPIRY_MS);
      const hits = await told('gate_closed', 20);
      await until('it was rebuilt twice, in vain', PATIENCE_MS, async () =>
        (await epochOf(bench, spike.couponId)) > 2 ? true : undefined,
      );
      await bench.movableValkey.setAhead(0);
      spike.healed();
      return hits;
    },
  },
];

/** Waits until so many more claims were told so; returns how many were since the beginning. */
function counting({ spike }: Stage): (code: string, atLeast: number) => Promise<number> {
  const count = (code: string): number =>
    spike.replies.filter((reply) => reply.code === code).length;
  return async (code, atLeast) => {
    await until(
      `${atLeast} are told ${code}`,
      PATIENCE_MS,
      () => count(code) >= atLeast || undefined,
    );
    return count(code);
  };
}

/** The claim that there is comes before the window: its reply may have been lost. */
async function firstIsToldTheSame({ bench: { flow }, spike }: Stage): Promise<void> {
  const first = spike.replies.find(({ issuance }) => issuance !== undefined);
  const again = await flow.shoppers.claim(spike.couponId, first?.userId ?? '');
  expect(again).toMatchObject({
    status: 200,
    issuance: { id: first?.issuance?.id, acceptedAt: first?.issuance?.acceptedAt },
  });
}
