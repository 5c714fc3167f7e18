import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  GateOutcomeUnknown,
  LedgerUnavailable,
  LogUnavailable,
  PublishOutcomeUnknown,
} from '../../lambdas/domain/ports.ts';
import { newCouponId } from '../support/samples.ts';
import { ProtocolBench } from '../support/protocol-bench.ts';

let bench: ProtocolBench;
let couponId: string;

beforeEach(async () => {
  bench = new ProtocolBench();
  couponId = await bench.openCoupon({ quantity: 2 });
});

describe('a claim', () => {
  it('is accepted once it stands in the log', async () => {
    const outcome = await bench.claim(couponId, 'anna');
    expect(outcome).toMatchObject({ kind: 'accepted', issuance: { userId: 'anna', sequence: 1 } });
    expect(bench.log.records).toHaveLength(1);
    // The spike of one coupon is spread over all partitions.
    expect(bench.log.records[0]?.key).toBe(bench.idOf(couponId, 'anna'));
    expect(await bench.gate.status(couponId)).toMatchObject({ given: 1, pending: 0 });
  });

  it('takes nothing from the stock while there is no connection to Kafka', async () => {
    bench.log.mood = 'away';
    await expect(bench.claim(couponId, 'anna')).rejects.toThrow(LogUnavailable);
    expect(await bench.gate.status(couponId)).toMatchObject({ given: 0 });
  });

  it.each(['reply lost', 'request lost'] as const)(
    'of which the outcome is unknown (%s) keeps its unit, and is published again when repeated',
    async (mood) => {
      bench.log.mood = mood;
      await expect(bench.claim(couponId, 'anna')).rejects.toThrow(PublishOutcomeUnknown);
      expect(await bench.gate.status(couponId)).toMatchObject({ given: 1, pending: 1 });
      bench.log.mood = 'well';
      const again = await bench.claim(couponId, 'anna');
      expect(again).toMatchObject({ kind: 'repeated', issuance: { sequence: 1 } });
      expect(new Set(bench.log.records.map(({ value }) => value)).size).toBe(1);
      expect(await bench.gate.status(couponId)).toMatchObject({ given: 1, pending: 0 });
    },
  );

  it('is not answered from the gate alone before it stands in the log', async () => {
    bench.log.mood = 'request lost';
    await expect(bench.claim(couponId, 'anna')).rejects.toThrow(PublishOutcomeUnknown);
    await expect(bench.claim(couponId, 'anna')).rejects.toThrow(PublishOutcomeUnknown);
    expect(bench.log.records).toEqual([]);
  });

  it('is accepted even if its confirmation fails, and swept later', async () => {
    const confirm = bench.gate.confirm.bind(bench.gate);
    bench.gate.confirm = () => Promise.reject(new GateOutcomeUnknown('reply cut'));
    expect(await bench.claim(couponId, 'anna')).toMatchObject({ kind: 'accepted' });
    expect(bench.faults).toEqual(['confirm']);
    bench.gate.confirm = confirm;
    bench.clock.advance(5_000);
    expect(await bench.sweep(couponId)).toEqual({ published: 1, failed: 0 });
    expect(await bench.gate.status(couponId)).toMatchObject({ given: 1, pending: 0 });
    await bench.record();
    expect(bench.ledger.rows.size).toBe(1);
  });

  it('is no success when the gate has taken the time of its publish', async () => {
    const claim = bench.gate.claim.bind(bench.gate);
    bench.gate.claim = async (request) => {
      const outcome = await claim(request);
      bench.clock.advance(3_000);
      return outcome;
    };
    await expect(bench.claim(couponId, 'anna')).rejects.toThrow(PublishOutcomeUnknown);
    expect(bench.log.records).toEqual([]);
    expect(await bench.gate.status(couponId)).toMatchObject({ given: 1, pending: 1 });
  });

  it('has dropped what is past its deadline before it does anything else', async () => {
    const done: string[] = [];
    bench.log.discardExpired = () => done.push('discard');
    bench.log.ready = () => {
      done.push('ready');
      return Promise.resolve();
    };
    await bench.claim(couponId, 'anna');
    expect(done).toEqual(['discard', 'ready']);
  });

  it('has the same answer when repeated at once, and its present state later', async () => {
    const first = await bench.claim(couponId, 'anna');
    await bench.record();
    expect(await bench.claim(couponId, 'anna')).toEqual({ ...first, kind: 'repeated' });
    bench.clock.advance(3_000);
    expect(await bench.claim(couponId, 'anna')).toMatchObject({
      kind: 'repeated',
      issuance: { state: 'issued' },
    });
  });

  it("is answered with its present state once the gate's clock was set back", async () => {
    await bench.claim(couponId, 'anna');
    await bench.record();
    bench.clock.setWall(bench.clock.now() - 1_800_000);
    expect(await bench.claim(couponId, 'anna')).toMatchObject({
      kind: 'repeated',
      issuance: { state: 'issued' },
    });
  });

  it('is still answered when the ledger is away', async () => {
    const first = await bench.claim(couponId, 'anna');
    bench.clock.advance(10_000);
    bench.ledger.findIssuance = () => Promise.reject(new LedgerUnavailable('away'));
    expect(await bench.claim(couponId, 'anna')).toEqual({ ...first, kind: 'repeated' });
  });

  it('gets its issuance again when all have been given', async () => {
    const first = await bench.claim(couponId, 'anna');
    await bench.claim(couponId, 'ben');
    expect(await bench.claim(couponId, 'carl')).toEqual({ kind: 'refused', reason: 'sold_out' });
    expect(await bench.claim(couponId, 'anna')).toEqual({ ...first, kind: 'repeated' });
  });
});

describe('a claim on a closed gate', () => {
  it('of no known coupon is refused as such', async () => {
    expect(await bench.claim(newCouponId(), 'anna')).toEqual({ kind: 'unknown_coupon' });
    expect(bench.restoreRequests).toEqual([]);
  });

  it('of a living coupon has the gate rebuilt, asked for once by all who come at once', async () => {
    bench.gate.flush();
    const users = Array.from({ length: 20 }, (_, i) => `user-${i}`);
    const outcomes = await Promise.all(users.map((user) => bench.claim(couponId, user)));
    expect(outcomes).toEqual(users.map(() => ({ kind: 'gate_closed' })));
    expect(bench.restoreRequests).toEqual([couponId]);
  });

  it('is not refused after the end while an accepted one may not yet be a row', async () => {
    await bench.claim(couponId, 'anna');
    bench.gate.flush();
    bench.clock.advance(3_600_000);
    expect(await bench.claim(couponId, 'anna')).toEqual({ kind: 'gate_closed' });
    expect(await bench.restore(couponId)).toBe('waiting');
    await bench.record();
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await bench.claim(couponId, 'anna')).toMatchObject({ kind: 'repeated' });
    expect(await bench.claim(couponId, 'ben')).toEqual({ kind: 'refused', reason: 'issue_ended' });
  });

  it('is refused by the rows alone once gates are forgotten', async () => {
    await bench.claim(couponId, 'anna');
    await bench.record();
    bench.gate.flush();
    bench.clock.advance(3_600_000 + bench.restoreSettings.forgetAfterMs);
    expect(await bench.claim(couponId, 'ben')).toEqual({ kind: 'refused', reason: 'issue_ended' });
    expect(await bench.claim(couponId, 'anna')).toMatchObject({
      kind: 'repeated',
      issuance: { state: 'issued' },
    });
  });

  it('of a coupon that was over when it was created is refused at once', async () => {
    const { id } = await bench.newCoupon({ issueEndsAt: bench.clock.now() });
    expect(await bench.claim(id, 'anna')).toEqual({ kind: 'refused', reason: 'issue_ended' });
  });
});
