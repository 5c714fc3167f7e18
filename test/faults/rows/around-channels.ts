import { expect } from 'expect';
import type { Message } from '../../../local/post-office/message.ts';
import { until } from '../../support/until.ts';
import type { FaultBench } from '../bench/fault-bench.ts';
import { lookIntoLedger } from '../bench/look-into-ledger.ts';
import type { FaultRow, Stage } from '../bench/row.ts';

/** Claims that succeed while everything that tells of them is broken. */
const WHILE_BROKEN = 1_000;
/** From the 202 to the row, at the worst: the bar of the bench. */
const RECORDED_MS = 2_000;
/** What failed waits for a minute at most after its first try, for two after its second. */
const SENT_MS = 300_000;

const BROKEN = {
  slack: { mode: 'hang' },
  email: { mode: 'refuse', share: 0.5 },
  sns: { mode: 'down' },
  webhook: { mode: 'cut', share: 0.5 },
};
const MENDED = Object.fromEntries(Object.keys(BROKEN).map((desk) => [desk, { mode: 'none' }]));

export const aroundChannelsRows: readonly FaultRow[] = [
  {
    id: '34',
    title: 'Slack hangs, SES refuses half, SNS is down and half of the shop’s answers are lost',
    injection:
      'at the stand-ins of all four, while a thousand users are issued what they and the shop are to be told of',
    options: {
      variables: {
        // As an account with a quota of its own: it is about what arrives, not about when.
        COUPON_FUNCTION_VARIABLES: JSON.stringify({
          NOTIFY_RATES: 'email=200,webhook=200,sns=200,slack=20',
        }),
      },
    },
    load: {
      coupon: {
        notifications: {
          users: { channels: ['email', 'webhook'], events: ['issued'] },
          operators: { channels: ['slack', 'sns'], events: ['sold_out'] },
        },
      },
    },
    answers: [],
    says: ['notifications not sent'],
    rings: { none: 'What fails is tried again: an operator is told when it has waited for long' },
    async strike({ bench, spike }) {
      await setFaults(bench, BROKEN);
      await spike.succeeds(WHILE_BROKEN);
      const accepted = successesOf({ bench, spike });
      await until('what was accepted is recorded', RECORDED_MS, async () =>
        (await issued({ bench, spike })) >= accepted ? true : undefined,
      );
      spike.healed();
      return waiting({ bench, spike });
    },
    /** Everybody is told, whoever was refused before: once by each id, or more often. */
    async after(stage) {
      await setFaults(stage.bench, MENDED);
      await until('nothing waits to be sent', SENT_MS, async () =>
        (await waiting(stage)) === 0 ? true : undefined,
      );
      const told = await lookIntoLedger(stage.bench, (ledger) =>
        ledger.select<{ id: string; channel: string; state: string }>(
          'SELECT id::text, channel, state FROM notifications WHERE coupon_id = $1',
          [stage.spike.couponId],
        ),
      );
      expect(told.filter(({ state }) => state !== 'sent')).toEqual([]);
      const rows = await issued(stage);
      const byChannel = Map.groupBy(told, ({ channel }) => channel);
      const counts = Object.entries({ email: rows, webhook: rows, slack: 1, sns: 1 });
      for (const [channel, count] of counts) {
        const ids = (byChannel.get(channel) ?? []).map(({ id }) => id);
        const taken = new Set((await messages(stage.bench, channel)).map(({ id }) => id));
        expect([channel, ids.length]).toEqual([channel, count]);
        expect(ids.filter((id) => !taken.has(id))).toEqual([]);
      }
    },
  },
];

function successesOf({ spike }: Stage): number {
  const successes = spike.replies.filter(({ status }) => status === 200 || status === 202);
  return new Set(successes.map(({ userId }) => userId)).size;
}

async function issued({ bench, spike }: Stage): Promise<number> {
  const [row] = await lookIntoLedger(bench, (ledger) =>
    ledger.select<{ issued: number }>('SELECT issued FROM coupons WHERE id = $1', [spike.couponId]),
  );
  return row?.issued ?? 0;
}

async function waiting({ bench, spike }: Stage): Promise<number> {
  const [row] = await lookIntoLedger(bench, (ledger) =>
    ledger.select<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM notifications
       WHERE coupon_id = $1 AND state = 'waiting' AND tries > 0`,
      [spike.couponId],
    ),
  );
  return row?.waiting ?? 0;
}

async function setFaults({ flow }: FaultBench, faults: object): Promise<void> {
  const url = `${flow.stack.endpoints.postOffice}/faults`;
  const { status } = await fetch(url, { method: 'PUT', body: JSON.stringify(faults) });
  expect(status).toBe(200);
}

async function messages({ flow }: FaultBench, channel: string): Promise<Message[]> {
  const url = `${flow.stack.endpoints.postOffice}/messages?channel=${channel}`;
  return ((await (await fetch(url)).json()) as { messages: Message[] }).messages;
}
