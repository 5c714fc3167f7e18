import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf } from '../../local/post-office/desks/users.ts';
import type { Message } from '../../local/post-office/message.ts';
import { CleanUp } from '../support/clean-up.ts';
import { broken, Flow } from '../support/flow.ts';
import { json } from '../support/http-client.ts';
import { users } from '../support/shoppers.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 480_000;
/** What failed waits for a minute at most after its first try, for two after its second. */
const PATIENCE_MS = 300_000;
/** For so long the channels are broken. */
const BROKEN_MS = 6_000;

const cleanUp = new CleanUp();
let flow: Flow;

beforeAll(async () => {
  // As fast as an account with a quota of its own: the test is about what arrives, not when.
  const COUPON_FUNCTION_VARIABLES = JSON.stringify({
    NOTIFY_RATES: 'email=100,webhook=200,sns=200,slack=20',
  });
  flow = cleanUp.add(await Flow.start({ variables: { COUPON_FUNCTION_VARIABLES } }), (started) =>
    started.remove(),
  );
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

async function setFaults(faults: unknown): Promise<void> {
  const url = `${flow.stack.endpoints.postOffice}/faults`;
  const { status } = await fetch(url, { method: 'PUT', body: JSON.stringify(faults) });
  if (status !== 200) throw new Error(`no such faults: ${status}`);
}

async function taken(channel: string): Promise<Message[]> {
  const url = `${flow.stack.endpoints.postOffice}/messages?channel=${channel}`;
  return ((await (await fetch(url)).json()) as { messages: Message[] }).messages;
}

async function notifications(couponId: string, state: string): Promise<unknown[]> {
  const path = `/v1/notifications?state=${state}&couponId=${couponId}&limit=100`;
  return json(await flow.http.get(path, flow.operatorToken))['items'] as unknown[];
}

const distinct = (messages: readonly Message[]): number =>
  new Set(messages.map(({ id }) => id)).size;

describe('while Slack hangs, SES refuses half, SNS is down and the shop’s answers are lost', () => {
  it(
    'all are issued, and each of their notifications arrives in the end, at least once',
    async () => {
      const named = users('told', 48);
      const crowd = [...named, ...named.slice(0, 8).map((user) => `${user}-ko`)];
      const without = ['nomail-1', 'nomail-2', 'unknown-1', 'unknown-2'];
      const everybody = [...crowd, ...without];
      const couponId = await flow.createCoupon({
        name: '여름 <!channel> & "쿠폰" 🎉',
        quantity: everybody.length,
        notifications: {
          users: { channels: ['email', 'webhook'], events: ['issued'] },
          operators: { channels: ['slack', 'sns', 'webhook'], events: ['sold_out'] },
        },
      });
      await flow.shoppers.prepare(everybody);
      await setFaults({
        slack: { mode: 'hang' },
        email: { mode: 'refuse', share: 0.5 },
        sns: { mode: 'down' },
        webhook: { mode: 'cut', share: 0.2 },
      });

      await Promise.all(everybody.map((user) => flow.shoppers.claimUntilSettled(couponId, user)));
      // At rest: everything that was accepted is recorded, whatever the channels do.
      expect(broken(await flow.invariants(couponId))).toEqual([]);
      await sleep(BROKEN_MS);
      const waiting = await notifications(couponId, 'waiting');
      const arrived = distinct(await taken('email')) + distinct(await taken('webhook'));
      // Nothing is in neither place: two of each user but those without an address, and sold out.
      expect(waiting.length).toBeGreaterThan(3);
      expect(waiting.length + arrived).toBeGreaterThanOrEqual(
        2 * crowd.length + without.length + 3,
      );
      expect([await taken('slack'), await taken('sns')]).toEqual([[], []]);

      await setFaults({
        slack: { mode: 'none' },
        email: { mode: 'none' },
        sns: { mode: 'none' },
        webhook: { mode: 'none' },
      });
      await until('nothing waits', PATIENCE_MS, async () =>
        (await notifications(couponId, 'waiting')).length === 0 ? true : undefined,
      );

      expect(await notifications(couponId, 'parked')).toEqual([]);
      const mails = await taken('email');
      expect(new Set(mails.map(({ to }) => to))).toEqual(new Set(crowd.map(addressOf)));
      expect(distinct(mails)).toBe(crowd.length);
      const webhooks = await taken('webhook');
      expect(distinct(webhooks)).toBe(everybody.length + 1);
      // What was taken though its answer was lost came again, by the same id.
      expect(webhooks.length).toBeGreaterThan(distinct(webhooks));
      expect([distinct(await taken('slack')), distinct(await taken('sns'))]).toEqual([1, 1]);
      const korean = mails.filter(({ to = '' }) => to.includes('-ko@'));
      expect(korean.map(({ subject }) => subject)).toEqual(
        Array(8).fill('쿠폰이 발급되었습니다: 여름 <!channel> & "쿠폰" 🎉'),
      );

      const codes = mails.map(({ text }) => /^(?:Code|쿠폰 코드): (\S+)$/m.exec(text)?.[1] ?? '');
      expect(new Set(codes).size).toBe(crowd.length);
      const logged = await readFile(join(flow.stack.stateDir, 'logs', 'functions.log'), 'utf8');
      const secrets = [...codes, ...crowd.map(addressOf)];
      expect(secrets.filter((secret) => logged.includes(secret))).toEqual([]);
    },
    SLOW_MS,
  );
});
