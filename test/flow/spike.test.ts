import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { TELLING } from '../support/coupons.ts';
import { CleanUp } from '../support/clean-up.ts';
import { broken, Flow } from '../support/flow.ts';
import { json } from '../support/http-client.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { pauseRecording, resumeRecording } from '../../local/recording.ts';
import { users, type ClaimReply } from '../support/shoppers.ts';
import { isAlive } from '../support/stack.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;

function idsOf(replies: readonly ClaimReply[]): Set<string | undefined> {
  return new Set(replies.map(({ issuance }) => issuance?.id));
}

function byOutcome(replies: readonly ClaimReply[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code } of replies) {
    const outcome = `${status === 200 || status === 202 ? 'success' : (status ?? 'none')} ${code ?? ''}`;
    counts[outcome.trim()] = (counts[outcome.trim()] ?? 0) + 1;
  }
  return counts;
}

describe('a spike on a stack in one process', () => {
  const cleanUp = new CleanUp();
  let flow: Flow;
  let ledger: LedgerReader;

  beforeAll(async () => {
    flow = cleanUp.add(await Flow.start(), (started) => started.remove());
    const { databaseUrl } = flow.stack.endpoints;
    ledger = cleanUp.add(new LedgerReader(databaseUrl), (opened) => opened.close());
  }, SLOW_MS);

  afterAll(() => cleanUp.run(), SLOW_MS);

  it(
    'gives 100 units to 500 users who ask at once: 100 get one, 400 are told that it is sold out',
    async () => {
      const couponId = await flow.createCoupon({ ...TELLING, quantity: 100 });
      const crowd = users('crowd', 500);
      await flow.shoppers.prepare(crowd);

      const replies = await Promise.all(
        crowd.map((user) => flow.shoppers.claimUntilSettled(couponId, user)),
      );

      expect(byOutcome(replies)).toEqual({ success: 100, '409 sold_out': 400 });
      const reports = await flow.invariants(couponId);
      expect(broken(reports)).toEqual([]);
      // A check of nothing would pass as well.
      expect(reports.filter(({ checked }) => checked === 0)).toEqual([]);
      const rows = await ledger.rows(couponId);
      expect(rows).toHaveLength(100);
      expect(new Set(rows.map(({ userId }) => userId)).size).toBe(100);
    },
    SLOW_MS,
  );

  it(
    'answers 200 claims of one user at once with one 202 and the same issuance in every 200',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 100 });
      await flow.shoppers.prepare(['hasty']);

      const replies = await Promise.all(
        Array.from({ length: 200 }, () => flow.shoppers.claim(couponId, 'hasty')),
      );

      const first = replies.filter(({ status }) => status === 202);
      expect(first).toHaveLength(1);
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(199);
      for (const { issuance } of replies) expect(issuance).toEqual(first[0]?.issuance);
      expect(broken(await flow.invariants(couponId))).toEqual([]);
      expect(await ledger.rows(couponId)).toHaveLength(1);
    },
    SLOW_MS,
  );

  it(
    'lets a user have two where two are allowed, telling a retry from a second claim by its key',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 100, perUserLimit: 2 });
      const { shoppers } = flow;

      const first = await shoppers.claim(couponId, 'collector', 'key-1');
      const again = await shoppers.claim(couponId, 'collector', 'key-1');
      const second = await shoppers.claim(couponId, 'collector', 'key-2');
      const third = await shoppers.claim(couponId, 'collector', 'key-3');
      const firstAfterAll = await shoppers.claim(couponId, 'collector', 'key-1');
      const keyless = await shoppers.claim(couponId, 'collector');

      expect([first.status, again.status, second.status]).toEqual([202, 200, 202]);
      expect(again.issuance).toEqual(first.issuance);
      expect(second.issuance?.id).not.toBe(first.issuance?.id);
      expect([third.status, third.code]).toEqual([409, 'user_limit_reached']);
      expect(firstAfterAll.issuance?.id).toBe(first.issuance?.id);
      expect([keyless.status, keyless.code]).toEqual([400, 'invalid_request']);
      expect(broken(await flow.invariants(couponId))).toEqual([]);
      expect(idsOf([first, second])).toEqual(
        new Set((await ledger.rows(couponId)).map(({ id }) => id)),
      );
    },
    SLOW_MS,
  );

  it(
    'lets a user have two of five claims with five keys that come ten times each, all at once',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 100, perUserLimit: 2 });
      await flow.shoppers.prepare(['greedy']);
      const keys = Array.from({ length: 50 }, (_, i) => `key-${i % 5}`);

      const replies = await Promise.all(
        keys.map((key) => flow.shoppers.claim(couponId, 'greedy', key)),
      );

      expect(byOutcome(replies)).toEqual({ success: 20, '409 user_limit_reached': 30 });
      expect(replies.filter(({ status }) => status === 202)).toHaveLength(2);
      expect(broken(await flow.invariants(couponId))).toEqual([]);
      expect(await ledger.rows(couponId)).toHaveLength(2);
    },
    SLOW_MS,
  );

  it(
    'shows an issuance as accepted while nothing is recorded, and as issued within 2 s afterwards',
    async () => {
      const couponId = await flow.createCoupon();
      await pauseRecording(flow.stack.endpoints);
      const { issuance } = await flow.shoppers.claim(couponId, 'patient');
      const id = issuance?.id ?? '';
      const token = await flow.shoppers.token('patient');
      const read = async (): Promise<Record<string, unknown>> =>
        json(await flow.http.get(`/v1/issuances/${id}`, token));

      // Longer than the answer is kept for (3 s): then a claim asks the ledger, which has no row.
      const until3s = performance.now() + 3_500;
      while (performance.now() < until3s) {
        expect(await read()).toEqual(issuance);
        // A user may ask 30 times a second for long.
        await sleep(20);
      }
      expect(issuance).toMatchObject({ state: 'accepted' });
      expect(await flow.shoppers.claim(couponId, 'patient')).toMatchObject({
        status: 200,
        issuance,
      });
      expect(await ledger.rows(couponId)).toEqual([]);

      await resumeRecording(flow.stack.endpoints);
      const issued = await until('the issuance is issued', 2_000, async () => {
        const now = await read();
        return now['state'] === 'issued' ? now : undefined;
      });
      expect(issued).toMatchObject({ ...issuance, state: 'issued' });
      expect(issued['code']).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
      // The same user again is shown its present state, too.
      const again = await flow.shoppers.claim(couponId, 'patient');
      expect([again.status, again.issuance]).toEqual([200, issued]);
      expect(broken(await flow.invariants(couponId))).toEqual([]);
    },
    SLOW_MS,
  );
});

describe('a spike on a stack of four processes a function', () => {
  const cleanUp = new CleanUp();
  let flow: Flow;

  beforeAll(async () => {
    flow = cleanUp.add(await Flow.start({ environments: 4 }), (started) => started.remove());
  }, SLOW_MS);

  afterAll(() => cleanUp.run(), SLOW_MS);

  it(
    'gives 100 units to 500 users who ask at once, one of the processes killed midway',
    async () => {
      const couponId = await flow.createCoupon({ ...TELLING, quantity: 100 });
      const crowd = users('crowd', 500);
      await flow.shoppers.prepare(crowd);
      // All four are there before the spike, so that the killed one surely takes part in it.
      const warmUp = await flow.createCoupon({ quantity: 100 });
      await Promise.all(users('early', 8).map((user) => flow.shoppers.claim(warmUp, user)));
      const victim = await flow.stack.pid('environment-issue-1');
      const { replies } = flow.shoppers;
      const before = replies.length;

      const claims = crowd.map((user) => flow.shoppers.claimUntilSettled(couponId, user));
      await until(
        'the spike is on its way',
        60_000,
        () => replies.length > before + 30 || undefined,
      );
      process.kill(victim, 'SIGKILL');
      expect(replies.length).toBeLessThan(before + 400);
      const settled = await Promise.all(claims);

      expect(byOutcome(settled)).toEqual({ success: 100, '409 sold_out': 400 });
      expect(isAlive(victim)).toBe(false);
      const reports = await flow.invariants(couponId, warmUp);
      expect(broken(reports)).toEqual([]);
      expect(reports.filter(({ checked }) => checked === 0)).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'answers 200 claims of one user at once with one 202 and the same issuance in every 200',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 100 });
      await flow.shoppers.prepare(['hasty']);

      const replies = await Promise.all(
        Array.from({ length: 200 }, () => flow.shoppers.claimUntilSettled(couponId, 'hasty')),
      );

      expect(replies.filter(({ status }) => status === 202)).toHaveLength(1);
      expect(idsOf(replies).size).toBe(1);
      expect(broken(await flow.invariants(couponId))).toEqual([]);
    },
    SLOW_MS,
  );
});
