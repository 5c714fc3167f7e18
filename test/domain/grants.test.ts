import { beforeEach, describe, expect, it } from '@jest/globals';
import { PublishOutcomeUnknown } from '../../lambdas/domain/ports.ts';
import type { GrantWorkReport } from '../../lambdas/functions/grant/work-on-grants.ts';
import { GrantBench } from '../support/grant-bench.ts';

let bench: GrantBench;
let couponId: string;

beforeEach(async () => {
  bench = new GrantBench();
  couponId = await bench.openCoupon({ quantity: 20 });
});

function names(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `user-${i + 1}`);
}

const done = { pending: 0, finishedAt: expect.any(Number) as unknown };

describe('the work on grants', () => {
  it('gives a unit to each user of the list, in its order', async () => {
    const { id } = await bench.grant(couponId, ['zoe', 'anna', 'mia', 'ben', 'carl']);
    const report = await bench.work();
    expect(report).toEqual({ settled: 5, finished: [id], waiting: [] });
    expect(await bench.grantOf(id)).toMatchObject({ ...done, outcomes: { accepted: 5 } });
    await bench.record();
    const rows = [...bench.ledger.rows.values()].toSorted((a, b) => a.sequence - b.sequence);
    expect(rows.map(({ userId }) => userId)).toEqual(['zoe', 'anna', 'mia', 'ben', 'carl']);
  });

  it('tells users who had one before from those who got one since', async () => {
    await bench.claim(couponId, 'early');
    bench.clock.advance(10);
    const { id } = await bench.grant(couponId, ['early', 'late', 'nobody']);
    bench.clock.advance(10);
    await bench.claim(couponId, 'late');
    await bench.work();
    expect(await bench.grantOf(id)).toMatchObject({
      ...done,
      outcomes: { accepted: 2, already_had: 1 },
    });
    await bench.record();
    expect(bench.ledger.rows.size).toBe(3);
  });

  it('gives one more to each user where several are allowed, up to the limit', async () => {
    couponId = await bench.openCoupon({ quantity: 20, perUserLimit: 2 });
    await bench.claim(couponId, 'anna', 'her first');
    await bench.claim(couponId, 'ben', 'his first');
    await bench.claim(couponId, 'ben', 'his second');
    const { id } = await bench.grant(couponId, ['anna', 'ben', 'carl']);
    await bench.work();
    expect(await bench.grantOf(id)).toMatchObject({
      ...done,
      outcomes: { accepted: 2, user_limit_reached: 1 },
    });
  });

  it('records for good who was refused, and goes on', async () => {
    couponId = await bench.openCoupon({ quantity: 3 });
    const { id } = await bench.grant(couponId, names(7));
    await bench.work();
    expect(await bench.grantOf(id)).toMatchObject({
      ...done,
      outcomes: { accepted: 3, sold_out: 4 },
    });
    const ended = await bench.grant(await bench.openCoupon(), names(3));
    bench.clock.advance(3_600_000);
    await bench.work();
    expect(await bench.grantOf(ended.id)).toMatchObject({
      ...done,
      outcomes: { issue_ended: 3 },
    });
  });

  it.each(['away', 'reply lost', 'request lost'] as const)(
    'keeps users pending while Kafka is in trouble (%s), and gives each one unit afterwards',
    async (mood) => {
      const { id } = await bench.grant(couponId, names(7));
      bench.log.mood = mood;
      const report = await bench.work();
      expect(report).toEqual({ settled: 0, finished: [], waiting: [id] });
      expect(await bench.grantOf(id)).toMatchObject({ pending: 7, finishedAt: undefined });
      bench.log.mood = 'well';
      await bench.work();
      expect(await bench.grantOf(id)).toMatchObject({ ...done, outcomes: { accepted: 7 } });
      await bench.record();
      expect(bench.ledger.rows.size).toBe(7);
      expect(await bench.gate.status(couponId)).toMatchObject({ given: 7, pending: 0 });
    },
  );

  it('does not let one user whose claim fails again and again keep the others waiting', async () => {
    const { id } = await bench.grant(couponId, names(12));
    const publish = bench.log.publish.bind(bench.log);
    bench.log.publish = (key, value, deadline) =>
      value.includes('"user-2"')
        ? Promise.reject(new PublishOutcomeUnknown('no acknowledgement'))
        : publish(key, value, deadline);
    expect(await bench.work()).toEqual({ settled: 11, finished: [], waiting: [id] });
    expect(await bench.grantOf(id)).toMatchObject({ pending: 1, outcomes: { accepted: 11 } });
    bench.log.publish = publish;
    expect(await bench.work()).toEqual({ settled: 1, finished: [id], waiting: [] });
  });

  it('waits for a gate that is closed, and asks for it to be opened', async () => {
    const { id } = await bench.grant(couponId, names(3));
    bench.gate.flush();
    expect(await bench.work()).toEqual({ settled: 0, finished: [], waiting: [id] });
    expect(bench.restoreRequests).toContain(couponId);
    expect(await bench.restore(couponId)).toBe('opened');
    await bench.work();
    expect(await bench.grantOf(id)).toMatchObject({ ...done, outcomes: { accepted: 3 } });
  });

  it('asks for nobody before the window begins, or while the coupon is paused', async () => {
    const now = bench.clock.now();
    const scheduled = await bench.openCoupon({ issueStartsAt: now + 60_000 });
    const early = await bench.grant(scheduled, names(3));
    const paused = await bench.grant(couponId, names(3));
    bench.grants.controls.set(couponId, 'paused');
    const claims = bench.claims;
    expect(await bench.work()).toEqual({ settled: 0, finished: [], waiting: [] });
    expect(bench.claims).toBe(claims);
    bench.clock.advance(60_000);
    bench.grants.controls.delete(couponId);
    const { finished } = await bench.work();
    expect(finished.toSorted()).toEqual([early.id, paused.id].toSorted());
  });

  it('serves several grants in turn: a short one does not wait for a long one', async () => {
    couponId = await bench.openCoupon({ quantity: 100 });
    const long = await bench.grant(couponId, names(60));
    bench.clock.advance(1);
    const short = await bench.grant(couponId, ['anna']);
    const { finished } = await bench.work();
    expect(finished).toEqual([short.id, long.id]);
  });

  it('goes on with the other grants when one of them can not be kept', async () => {
    const bad = await bench.grant(couponId, names(3));
    bench.clock.advance(1);
    const good = await bench.grant(couponId, names(3));
    const settle = bench.grants.settle.bind(bench.grants);
    bench.grants.settle = (id, users) =>
      id === bad.id ? Promise.reject(new Error('refused by PostgreSQL')) : settle(id, users);
    expect(await bench.work()).toEqual({ settled: 3, finished: [good.id], waiting: [bad.id] });
    expect(bench.faults).toContain('grant');
  });

  it('leaves nine tenths of the spike to the shoppers: never more than its share of claims a second', async () => {
    couponId = await bench.openCoupon({ quantity: 1_000 });
    await bench.grant(couponId, names(90));
    await bench.grant(couponId, names(90));
    const begun = bench.clock.monotonic();
    await bench.work();
    const seconds = (bench.clock.monotonic() - begun) / 1_000;
    expect(180 / seconds).toBeLessThanOrEqual(bench.settings.claimsPerSecond + 0.001);
    expect(seconds).toBeLessThan(1);
  });

  it('ends in time, and the next run goes on where it ended', async () => {
    couponId = await bench.openCoupon({ quantity: 1_000 });
    const { id } = await bench.grant(couponId, names(400));
    const begun = bench.clock.monotonic();
    const { settled } = await bench.work();
    const chunkMs = (bench.settings.chunkSize / bench.settings.claimsPerSecond) * 1_000;
    expect(bench.clock.monotonic() - begun).toBeLessThanOrEqual(bench.settings.runMs + chunkMs);
    expect(settled).toBeGreaterThan(0);
    expect(settled).toBeLessThan(400);
    let runs = 1;
    while ((await bench.grantOf(id)).finishedAt === undefined && runs < 10) {
      await bench.work();
      runs += 1;
    }
    expect(await bench.grantOf(id)).toMatchObject({ ...done, outcomes: { accepted: 400 } });
  });

  it('is one worker’s: another one that comes meanwhile does nothing', async () => {
    const { id } = await bench.grant(couponId, names(12));
    const [one, two] = await Promise.all([bench.work('one'), bench.work('two')]);
    const idle: GrantWorkReport = { settled: 0, finished: [], waiting: [] };
    expect([one, two]).toContainEqual(idle);
    expect(await bench.grantOf(id)).toMatchObject({ ...done, outcomes: { accepted: 12 } });
  });

  it('takes up a grant that came while it looked for the last time', async () => {
    const first = await bench.grant(couponId, names(3));
    const release = bench.grants.release.bind(bench.grants);
    let second: string | undefined;
    bench.grants.release = async (holder) => {
      // Whoever was asked to work on it was turned away by the lease.
      second ??= (await bench.grant(couponId, names(4))).id;
      expect(await bench.work('turned away')).toMatchObject({ settled: 0 });
      await release(holder);
    };
    const { finished } = await bench.work('at work');
    expect(finished).toEqual([first.id, second]);
  });
});

describe('a worker that is killed', () => {
  // Where several are allowed it is the grant's key alone that keeps a second one from its users.
  it.each([1, 3])(
    'leaves nothing behind that the next one does not finish, whichever call was its last (%i a user)',
    async (perUserLimit) => {
      const whole = new GrantBench();
      await whole.grant(await whole.openCoupon({ quantity: 8, perUserLimit }), names(12));
      await whole.work();
      expect(whole.calls).toBeGreaterThan(40);
      for (let last = 0; last <= whole.calls; last += 1) {
        for (const fate of ['before', 'after'] as const) {
          const world = new GrantBench();
          const id = await world.openCoupon({ quantity: 8, perUserLimit });
          const grant = await world.grant(id, names(12));
          await world.workUntilKilled(last, fate);
          // Its lease runs out, and its unpublished claims are swept.
          world.clock.advance(world.settings.leaseMs + 1);
          await world.work('successor');
          await world.sweep(id);
          await world.record();
          const after = `killed ${fate} call ${last}`;
          expect([after, await world.grantOf(grant.id)]).toMatchObject([
            after,
            { ...done, outcomes: { accepted: 8, sold_out: 4 } },
          ]);
          const holders = [...world.ledger.rows.values()].map(({ userId }) => userId);
          expect([after, holders.length, new Set(holders).size]).toEqual([after, 8, 8]);
          expect(await world.gate.status(id)).toMatchObject({ given: 8, pending: 0 });
        }
      }
    },
  );
});
