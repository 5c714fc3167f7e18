import { beforeEach, describe, expect, it } from '@jest/globals';
import type { GateContents } from '../../lambdas/domain/gate.ts';
import { PublishOutcomeUnknown } from '../../lambdas/domain/ports.ts';
import { newCouponId } from '../support/samples.ts';
import { ProtocolBench } from '../support/protocol-bench.ts';

let bench: ProtocolBench;
let couponId: string;

beforeEach(async () => {
  bench = new ProtocolBench();
  couponId = await bench.openCoupon({ quantity: 5 });
});

async function issueTo(...users: string[]): Promise<void> {
  for (const user of users) {
    expect(await bench.claim(couponId, user)).toMatchObject({ kind: 'accepted' });
  }
}

async function epoch(): Promise<number | undefined> {
  return (await bench.ledger.findCoupon(couponId))?.coupon.epoch;
}

describe('the restore of a gate', () => {
  it('opens a new coupon at once, for nothing can have been accepted before', async () => {
    const { id } = await bench.newCoupon();
    const before = bench.clock.now();
    expect(await bench.restore(id)).toBe('opened');
    expect(bench.clock.now()).toBe(before);
    expect(await bench.restore(id)).toBe('already_open');
  });

  it('leaves coupons alone that are over or unknown', async () => {
    const { id } = await bench.newCoupon({ issueEndsAt: bench.clock.now() });
    expect(await bench.restore(id)).toBe('ended');
    bench.gate.flush();
    bench.clock.advance(3_600_000 + bench.restoreSettings.forgetAfterMs);
    expect(await bench.restore(couponId)).toBe('ended');
    expect(await bench.restore(newCouponId())).toBe('unknown_coupon');
  });

  it('gives the lost gate back all that was accepted, no more and no less', async () => {
    await issueTo('a', 'b', 'c');
    bench.gate.flush();
    await bench.record();
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await bench.gate.status(couponId)).toMatchObject({ given: 3, pending: 0, epoch: 2 });
    expect(await bench.claim(couponId, 'b')).toMatchObject({ kind: 'repeated' });
    await issueTo('d', 'e');
    expect(await bench.claim(couponId, 'f')).toEqual({ kind: 'refused', reason: 'sold_out' });
    await bench.record();
    expect(bench.ledger.rows.size).toBe(5);
    expect(new Set([...bench.ledger.rows.values()].map(({ sequence }) => sequence)).size).toBe(5);
  });

  it('waits for what is in the log and not yet recorded', async () => {
    await issueTo('a', 'b');
    bench.gate.flush();
    expect(await bench.restore(couponId)).toBe('waiting');
    expect(await bench.claim(couponId, 'x')).toEqual({ kind: 'gate_closed' });
    await bench.record();
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await bench.gate.status(couponId)).toMatchObject({ given: 2 });
  });

  it('goes on where an earlier one stopped, without another epoch and wait', async () => {
    await issueTo('a');
    bench.gate.flush();
    expect(await bench.restore(couponId)).toBe('waiting');
    const before = bench.clock.now();
    await bench.record();
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await epoch()).toBe(2);
    expect(bench.clock.now()).toBe(before);
  });

  it('lets who passed the lost gate publish until their budget is over', async () => {
    bench.gate.flush();
    const before = bench.clock.monotonic();
    await bench.restore(couponId);
    expect(bench.clock.monotonic() - before).toBeGreaterThanOrEqual(bench.restoreSettings.settleMs);
  });

  it('counts what those publish who passed the lost gate, until its wait is over', async () => {
    const publish = bench.log.publish.bind(bench.log);
    // Its process is slow: the gate is lost and its rebuild has begun when the record goes out.
    bench.log.publish = async (...args) => {
      bench.log.publish = publish;
      bench.gate.flush();
      const sleep = bench.clock.sleep.bind(bench.clock);
      bench.clock.sleep = async (ms) => {
        bench.clock.sleep = sleep;
        await publish(...args);
        await sleep(ms);
      };
      expect(await bench.restore(couponId)).toBe('waiting');
    };
    expect(await bench.claim(couponId, 'a')).toMatchObject({ kind: 'accepted' });
    await bench.record();
    expect(bench.ledger.rows.size).toBe(1);
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await bench.gate.status(couponId)).toMatchObject({ given: 1 });
  });

  it('opens a gate that is remembered until no record of it can come any more', async () => {
    bench.gate.flush();
    const open = bench.gate.open.bind(bench.gate);
    let remembered = 0;
    bench.gate.open = (id, contents) => {
      remembered = contents.forgetAt - contents.issueEndsAt;
      return open(id, contents);
    };
    expect(await bench.restore(couponId)).toBe('opened');
    expect(remembered).toBe(bench.restoreSettings.forgetAfterMs);
  });

  it('goes on behind the greatest sequence, also past gaps', async () => {
    await issueTo('a');
    bench.log.mood = 'request lost';
    await expect(bench.claim(couponId, 'lost')).rejects.toThrow(PublishOutcomeUnknown);
    bench.log.mood = 'well';
    await issueTo('c');
    bench.gate.flush();
    await bench.record();
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await bench.claim(couponId, 'd')).toMatchObject({ issuance: { sequence: 4 } });
  });

  it('leaves out what was published behind its fence, and the user gets the same id anew', async () => {
    bench.log.mood = 'request lost';
    await expect(bench.claim(couponId, 'a')).rejects.toThrow(PublishOutcomeUnknown);
    bench.log.mood = 'well';
    const [claim] = (await Array.fromAsync(bench.gate.pendingClaims(couponId, 0))).flat();
    bench.gate.flush();
    await bench.restore(couponId);
    // A process that was frozen sends its old record now.
    bench.log.records.push({ key: 'k', value: claim?.record ?? '' });
    await bench.record();
    expect(bench.ledger.rows.size).toBe(0);
    await issueTo('a');
    await bench.record();
    const [row] = bench.ledger.rows.values();
    expect(row).toMatchObject({ userId: 'a', epoch: 2 });
    expect(row?.id.endsWith(claim?.digest ?? '-')).toBe(true);
  });

  it('keeps a promoted replica shut that lacks the newest claims', async () => {
    await issueTo('a', 'b');
    bench.gate.changeServer('replica');
    expect(await bench.claim(couponId, 'c')).toEqual({ kind: 'gate_closed' });
    await bench.record();
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await bench.gate.status(couponId)).toMatchObject({ given: 2 });
  });

  it('rebuilds a gate that has lost a claim', async () => {
    await issueTo('a', 'b');
    await bench.record();
    const [id = ''] = bench.ledger.rows.keys();
    bench.gate.dropClaim(id);
    expect(await bench.claim(couponId, 'c')).toEqual({ kind: 'gate_closed' });
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await bench.gate.status(couponId)).toMatchObject({ given: 2 });
  });
});

describe('of two rebuilders', () => {
  it('the second waits while the first has its lease', async () => {
    bench.gate.flush();
    await bench.ledger.take(couponId, 'another', 60_000);
    expect(await bench.restore(couponId)).toBe('waiting');
    expect(await epoch()).toBe(1);
  });

  it('a zombie that wakes behind its successor opens nothing', async () => {
    await issueTo('a');
    await bench.record();
    bench.gate.flush();
    const open = bench.gate.open.bind(bench.gate);
    let zombie: (() => Promise<boolean>) | undefined;
    bench.gate.open = (id: string, contents: GateContents) => {
      zombie = () => open(id, contents);
      return Promise.resolve(false);
    };
    expect(await bench.restore(couponId)).toBe('superseded');
    bench.gate.open = open;
    await bench.ledger.beginEpoch(couponId);
    expect(await bench.restore(couponId)).toBe('opened');
    await issueTo('b', 'c', 'd', 'e');
    expect(await zombie?.()).toBe(false);
    expect(await bench.claim(couponId, 'f')).toEqual({ kind: 'refused', reason: 'sold_out' });
  });

  it('the overtaken one stores no fence and loads nothing', async () => {
    bench.gate.flush();
    const settle = bench.clock.sleep.bind(bench.clock);
    bench.clock.sleep = async (ms) => {
      bench.clock.sleep = settle;
      await bench.ledger.beginEpoch(couponId);
      await settle(ms);
    };
    expect(await bench.restore(couponId)).toBe('superseded');
    expect(await bench.ledger.findFence(couponId, 2)).toBeUndefined();
    expect(await bench.gate.status(couponId)).toMatchObject({ kind: 'closed', why: 'building' });
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await epoch()).toBe(4);
  });

  it('one that was overtaken in PostgreSQL alone opens nothing', async () => {
    await issueTo('a');
    await bench.record();
    bench.gate.flush();
    const offsets = bench.log.committedOffsets.bind(bench.log);
    bench.log.committedOffsets = async () => {
      bench.log.committedOffsets = offsets;
      // The successor is killed before it comes to the gate.
      await bench.ledger.beginEpoch(couponId);
      return offsets();
    };
    expect(await bench.restore(couponId)).toBe('superseded');
    expect(await bench.gate.status(couponId)).toMatchObject({ kind: 'closed', why: 'building' });
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await bench.gate.status(couponId)).toMatchObject({ epoch: 4, given: 1 });
  });
});
