import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { TELLING } from '../support/coupons.ts';
import { CleanUp } from '../support/clean-up.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { broken, Flow } from '../support/flow.ts';
import { json } from '../support/http-client.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { Operator } from '../support/operator.ts';
import { users, type ClaimReply } from '../support/shoppers.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;
const CROWD = 2_000;
/** Of a user who was refused. */
const PAUSE_MS = 1_000;

const cleanUp = new CleanUp();
let flow: Flow;
let operator: Operator;
let ledger: LedgerReader;

beforeAll(async () => {
  flow = cleanUp.add(await Flow.start(), (started) => started.remove());
  operator = cleanUp.add(new Operator(flow, { isPatient: true }), (opened) => {
    opened.close();
  });
  const { databaseUrl } = flow.stack.endpoints;
  ledger = cleanUp.add(new LedgerReader(databaseUrl), (opened) => opened.close());
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

async function crowdOf(name: string): Promise<string[]> {
  const crowd = users(name, CROWD);
  await flow.shoppers.prepare(crowd);
  return crowd;
}

const isSuccess = ({ status }: ClaimReply): boolean => status === 200 || status === 202;

/** Nothing more is to come: who is refused then goes home. */
let isOver = false;

beforeEach(() => {
  isOver = false;
});

afterEach(() => {
  isOver = true;
});

/** Everybody claims until they have one or it is over. The last answers of all. */
function press(couponId: string, crowd: readonly string[]): Promise<ClaimReply[]> {
  return Promise.all(
    crowd.map(async (user) => {
      for (;;) {
        const isLast = isOver;
        const reply = await flow.shoppers.claimUntilSettled(couponId, user);
        if (isSuccess(reply) || isLast) return reply;
        await sleep(PAUSE_MS);
      }
    }),
  );
}

/** Resolves when so many more claims of the coupon have been answered. */
function untilAnswered(couponId: string, count: number): Promise<true> {
  const answered = (): number =>
    flow.shoppers.replies.filter((reply) => reply.couponId === couponId).length;
  const enough = answered() + count;
  return until(`${count} are answered`, 60_000, () => answered() >= enough || undefined);
}

async function quantityOf(couponId: string): Promise<number> {
  return Number(json(await operator.get(couponId))['quantity']);
}

describe('while 2,000 users claim', () => {
  it(
    'the quantity goes up, and down to what is given: nobody is one too many, and no unit is lost',
    async () => {
      const couponId = await flow.createCoupon({ ...TELLING, quantity: 200 });
      const crowd = await crowdOf('crowd');

      const spike = press(couponId, crowd);
      const lowered: number[] = [];
      for (const raisedTo of [400, 700, 1_000]) {
        await untilAnswered(couponId, 150);
        expect((await operator.patch(couponId, { quantity: raisedTo })).status).toBe(200);
        await untilAnswered(couponId, 100);
        // Less than anybody knows: the answer names what is given, by then more may be.
        for (let wanted = 1; ;) {
          const reply = await operator.patch(couponId, { quantity: wanted });
          if (reply.status === 200) {
            lowered.push(wanted);
            break;
          }
          expectProblem(reply, { status: 409, code: 'quantity_below_issued' });
          wanted = Number(/^\d+/.exec(String(json(reply)['detail']))?.[0]);
          expect(wanted).toBeGreaterThan(0);
          expect(wanted).toBeLessThanOrEqual(raisedTo);
        }
      }
      isOver = true;
      await spike;
      expect(lowered).toHaveLength(3);
      expect(broken(await flow.invariants(couponId))).toEqual([]);

      // Who came too late comes again: every unit there is now is given.
      expect((await operator.patch(couponId, { quantity: 1_200 })).status).toBe(200);
      const late = await Promise.all(
        crowd.map((user) => flow.shoppers.claimUntilSettled(couponId, user)),
      );
      expect(late.filter(isSuccess)).toHaveLength(1_200);
      const reports = await flow.invariants(couponId);
      expect(broken(reports)).toEqual([]);
      expect(reports.filter(({ checked }) => checked === 0)).toEqual([]);
      expect(await ledger.rows(couponId)).toHaveLength(1_200);
      expect(await quantityOf(couponId)).toBe(1_200);
    },
    SLOW_MS,
  );

  it(
    'a pause lets nobody in after its answer, a resume lets them in again, and a close is final',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 5_000 });
      const crowd = await crowdOf('patient');
      const isPaused = ({ code }: ClaimReply): boolean => code === 'coupon_paused';

      const spike = press(couponId, crowd);
      await untilAnswered(couponId, 20);
      const pause = await operator.post(couponId, 'pause');
      const pausedAt = Date.now();
      await untilAnswered(couponId, 300);
      isOver = true;
      expect([pause.status, json(pause)['state']]).toEqual([200, 'paused']);
      const replies = await spike;

      const given = replies.filter(isSuccess);
      const refused = replies.filter(isPaused);
      expect(given.length + refused.length).toBe(CROWD);
      expect(given.length).toBeGreaterThan(0);
      expect(refused.length).toBeGreaterThan(0);
      // A second is allowed; the gate was told before the operator.
      const letInAt = given.map(({ issuance }) => Date.parse(String(issuance?.acceptedAt)));
      expect(Math.max(...letInAt)).toBeLessThanOrEqual(pausedAt);

      // A reply that was lost is fetched all the same.
      const [first] = given;
      const again = await flow.shoppers.claim(couponId, first?.userId ?? '');
      expect([again.status, again.issuance?.id]).toEqual([200, first?.issuance?.id]);

      const resume = await operator.post(couponId, 'resume');
      expect([resume.status, json(resume)['state']]).toEqual([200, 'open']);
      isOver = false;
      const waiting = refused.map(({ userId }) => userId);
      const secondSpike = press(couponId, waiting);
      await untilAnswered(couponId, 20);
      const close = await operator.post(couponId, 'close');
      const closedAt = Date.now();
      isOver = true;
      expect([close.status, json(close)['state']]).toEqual([200, 'closed']);
      const later = await secondSpike;

      const laterGiven = later.filter(isSuccess);
      expect(laterGiven.length).toBeGreaterThan(0);
      const closed = later.filter(({ code }) => code === 'coupon_closed');
      expect(laterGiven.length + closed.length).toBe(refused.length);
      const lastLetIn = laterGiven.map(({ issuance }) => Date.parse(String(issuance?.acceptedAt)));
      expect(Math.max(...lastLetIn)).toBeLessThanOrEqual(closedAt);
      for (const { userId, issuance } of [...given, ...laterGiven].slice(0, 20)) {
        const repeated = await flow.shoppers.claim(couponId, userId);
        expect([repeated.status, repeated.issuance?.id]).toEqual([200, issuance?.id]);
      }
      expect(broken(await flow.invariants(couponId))).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'the window ends earlier, is over, and is extended: everybody was let in inside the last one',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 5_000 });
      const crowd = await crowdOf('punctual');

      isOver = true;
      const spike = press(couponId, crowd);
      await untilAnswered(couponId, 20);
      const issueEndsAt = new Date(Date.now() + 1_500).toISOString();
      expect((await operator.patch(couponId, { issueEndsAt })).status).toBe(200);
      const ended = (await spike).filter(({ code }) => code === 'issue_ended');
      expect(broken(await flow.invariants(couponId))).toEqual([]);

      await until('the window is over', 10_000, () =>
        Date.now() > Date.parse(issueEndsAt) ? true : undefined,
      );
      expect(json(await operator.get(couponId))['state']).toBe('ended');
      const tooLate = await flow.shoppers.claim(couponId, 'too-late');
      expect(tooLate).toMatchObject({ status: 409, code: 'issue_ended' });
      const extended = new Date(Date.now() + 600_000).toISOString();
      expect((await operator.patch(couponId, { issueEndsAt: extended })).status).toBe(200);
      expect(json(await operator.get(couponId))).toMatchObject({
        state: 'open',
        issueEndsAt: extended,
      });
      const again = await Promise.all(
        [...ended, tooLate].map(({ userId }) => flow.shoppers.claimUntilSettled(couponId, userId)),
      );
      expect(again.filter((reply) => !isSuccess(reply))).toEqual([]);
      expect(broken(await flow.invariants(couponId))).toEqual([]);
    },
    SLOW_MS,
  );
});
