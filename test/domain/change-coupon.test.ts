import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ChangeOutcome } from '../../lambdas/domain/change-coupon.ts';
import type { ControlVerb, CouponPatch } from '../../lambdas/domain/coupon-changes.ts';
import { proposeControl, proposePatch } from '../../lambdas/domain/coupon-changes.ts';
import type { Coupon } from '../../lambdas/domain/coupon.ts';
import type { GateStatus } from '../../lambdas/domain/gate.ts';
import { newCouponId, operator } from '../support/samples.ts';
import { ProtocolBench } from '../support/protocol-bench.ts';

const HOUR_MS = 3_600_000;

let bench: ProtocolBench;
let couponId: string;

beforeEach(async () => {
  bench = new ProtocolBench();
  couponId = await bench.openCoupon({ quantity: 5 });
});

const patch = (changes: CouponPatch): Promise<ChangeOutcome> =>
  bench.change(couponId, proposePatch(changes));
const control = (verb: ControlVerb): Promise<ChangeOutcome> =>
  bench.change(couponId, proposeControl(verb));

async function coupon(): Promise<Coupon> {
  const reading = await bench.ledger.findCoupon(couponId);
  if (reading === undefined) throw new Error('no coupon');
  return reading.coupon;
}

const status = (): Promise<GateStatus> => bench.gate.status(couponId);

async function issueTo(...users: string[]): Promise<void> {
  for (const user of users) {
    expect(await bench.claim(couponId, user)).toMatchObject({ kind: 'accepted' });
  }
}

describe('a change of a coupon', () => {
  it('is in PostgreSQL, at the gate, in the cache and in the audit', async () => {
    const issueEndsAt = bench.clock.now() + 2 * HOUR_MS;
    const changes = { name: 'Other', description: 'More', quantity: 7, issueEndsAt };
    const outcome = await patch(changes);
    expect(outcome).toMatchObject({
      kind: 'done',
      reading: { coupon: { ...changes, version: 2 } },
    });
    expect(await coupon()).toMatchObject({ ...changes, version: 2 });
    expect(await status()).toMatchObject({ kind: 'open', version: 2, quantity: 7 });
    expect(bench.shown).toEqual([2]);
    expect(bench.ledger.audit).toEqual([
      {
        actor: operator,
        action: 'coupon.changed',
        couponId,
        details: {
          before: {
            name: 'Sample',
            description: '',
            quantity: 5,
            issueEndsAt: new Date(bench.clock.now() + HOUR_MS).toISOString(),
          },
          after: { ...changes, issueEndsAt: new Date(issueEndsAt).toISOString() },
        },
      },
    ]);
  });

  it('that changes nothing leaves version and audit as they are, however often it is asked for', async () => {
    for (const same of [{}, { quantity: 5 }, { name: 'Sample', description: '' }]) {
      expect(await patch(same)).toMatchObject({
        kind: 'done',
        reading: { coupon: { version: 1 } },
      });
    }
    expect(await control('pause')).toMatchObject({ kind: 'done' });
    expect(await control('pause')).toMatchObject({ kind: 'done' });
    expect(await coupon()).toMatchObject({ version: 2, control: 'paused' });
    expect(bench.ledger.audit.map(({ action }) => action)).toEqual(['coupon.paused']);
  });

  it('of an unknown coupon is none', async () => {
    couponId = newCouponId();
    expect(await patch({ quantity: 7 })).toEqual({ kind: 'unknown_coupon' });
  });
});

describe('the quantity', () => {
  it('goes up, and the gate gives more', async () => {
    await issueTo('a', 'b', 'c', 'd', 'e');
    expect(await bench.claim(couponId, 'f')).toEqual({ kind: 'refused', reason: 'sold_out' });
    expect(await patch({ quantity: 6 })).toMatchObject({ kind: 'done' });
    await issueTo('f');
    expect(await bench.claim(couponId, 'g')).toEqual({ kind: 'refused', reason: 'sold_out' });
  });

  it('goes down to what is given at the gate, recorded or not, and no further', async () => {
    await issueTo('a', 'b', 'c');
    expect(await patch({ quantity: 2 })).toEqual({ kind: 'below_given', given: 3 });
    expect(await coupon()).toMatchObject({ quantity: 5, version: 1 });
    expect(await patch({ quantity: 3 })).toMatchObject({ kind: 'done' });
    expect(await bench.claim(couponId, 'd')).toEqual({ kind: 'refused', reason: 'sold_out' });
    await bench.record();
    expect(await patch({ quantity: 2 })).toEqual({ kind: 'below_given', given: 3 });
  });

  it('can be anything before the first gate, and never less than the rows without one', async () => {
    couponId = (await bench.newCoupon({ quantity: 5 })).id;
    expect(await patch({ quantity: 1 })).toMatchObject({ kind: 'done' });
    expect(bench.restoreRequests).toEqual([couponId]);
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await status()).toMatchObject({ quantity: 1, version: 2 });
    await issueTo('a');
    await bench.record();
    bench.gate.flush();
    bench.clock.advance(HOUR_MS + bench.restoreSettings.forgetAfterMs);
    expect(await patch({ quantity: 9 })).toMatchObject({ kind: 'done' });
    expect(await patch({ quantity: 1 })).toMatchObject({ kind: 'done' });
  });

  it('does not go down while no gate can tell what is given, but it goes up', async () => {
    await issueTo('a', 'b', 'c');
    bench.gate.flush();
    expect(await patch({ quantity: 4 })).toEqual({ kind: 'gate_closed' });
    expect(bench.restoreRequests).toEqual([couponId]);
    expect(await patch({ quantity: 9 })).toMatchObject({ kind: 'done' });
    await bench.record();
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await status()).toMatchObject({ given: 3, quantity: 9, version: 2 });
  });
});

describe('the end of the window', () => {
  it('comes earlier, but not before now, nor before the start', async () => {
    const now = bench.clock.now();
    expect(await patch({ issueEndsAt: now - 1 })).toEqual({ kind: 'end_past' });
    // Now is in the past for a gate that has let claims in by now.
    expect(await patch({ issueEndsAt: now })).toEqual({ kind: 'end_past' });
    expect(await patch({ issueEndsAt: now - 1_000 })).toEqual({ kind: 'end_not_after_start' });
    expect(await patch({ issueEndsAt: now + 1_000 })).toMatchObject({ kind: 'done' });
    await issueTo('a');
    bench.clock.advance(1_000);
    expect(await bench.claim(couponId, 'b')).toEqual({ kind: 'refused', reason: 'issue_ended' });
    // Its answer was lost: the same again is no change into the past.
    expect(await patch({ issueEndsAt: now + 1_000 })).toMatchObject({ kind: 'done' });
  });

  it('is extended after it has passed, and who had claimed is still known', async () => {
    await issueTo('a');
    bench.clock.advance(HOUR_MS);
    expect(await bench.claim(couponId, 'b')).toEqual({ kind: 'refused', reason: 'issue_ended' });
    expect(await patch({ issueEndsAt: bench.clock.now() + 1_000 })).toMatchObject({ kind: 'done' });
    expect(await bench.claim(couponId, 'a')).toMatchObject({ kind: 'repeated' });
    await issueTo('b');
  });

  it('is extended after the gate was forgotten: it is built again, with who had claimed', async () => {
    await issueTo('a');
    await bench.record();
    bench.gate.flush();
    bench.clock.advance(HOUR_MS + bench.restoreSettings.forgetAfterMs);
    expect(await patch({ issueEndsAt: bench.clock.now() + HOUR_MS })).toMatchObject({
      kind: 'done',
    });
    expect(bench.restoreRequests).toEqual([couponId]);
    expect(await bench.claim(couponId, 'a')).toMatchObject({ kind: 'gate_closed' });
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await bench.claim(couponId, 'a')).toMatchObject({ kind: 'repeated' });
    await issueTo('b');
  });

  it('is remembered at the gate until no record can come any more', async () => {
    const apply = bench.gate.apply.bind(bench.gate);
    const remembered: number[] = [];
    bench.gate.apply = (id, terms, limit) => {
      remembered.push(terms.forgetAt - terms.issueEndsAt);
      return apply(id, terms, limit);
    };
    const issueEndsAt = bench.clock.now() + 2 * HOUR_MS;
    expect(await patch({ issueEndsAt })).toMatchObject({ kind: 'done' });
    expect(remembered).toEqual([bench.restoreSettings.forgetAfterMs]);
  });
});

describe("the operator's hand", () => {
  it('pauses and resumes', async () => {
    await issueTo('a');
    expect(await control('pause')).toMatchObject({ kind: 'done' });
    expect(await bench.claim(couponId, 'b')).toEqual({ kind: 'refused', reason: 'coupon_paused' });
    expect(await bench.claim(couponId, 'a')).toMatchObject({ kind: 'repeated' });
    expect(await control('resume')).toMatchObject({ kind: 'done' });
    await issueTo('b');
  });

  it('closes for ever; only the words can be changed then', async () => {
    expect(await control('close')).toMatchObject({ kind: 'done' });
    expect(await control('close')).toMatchObject({ kind: 'done' });
    expect(await bench.claim(couponId, 'a')).toEqual({ kind: 'refused', reason: 'coupon_closed' });
    for (const verb of ['pause', 'resume'] as const) {
      expect(await control(verb)).toEqual({ kind: 'closed' });
    }
    expect(await patch({ quantity: 9 })).toEqual({ kind: 'closed' });
    const issueEndsAt = bench.clock.now() + 2 * HOUR_MS;
    expect(await patch({ issueEndsAt })).toEqual({ kind: 'closed' });
    expect(await patch({ name: 'Closed', quantity: 5 })).toMatchObject({ kind: 'done' });
    expect(bench.ledger.audit.map(({ action }) => action)).toEqual([
      'coupon.closed',
      'coupon.changed',
    ]);
  });

  it('has nothing to pause or resume after the end, but can close', async () => {
    bench.clock.advance(HOUR_MS);
    expect(await control('pause')).toEqual({ kind: 'ended' });
    expect(await control('resume')).toMatchObject({ kind: 'done' });
    expect(await control('close')).toMatchObject({ kind: 'done' });
  });

  it('pauses a coupon whose gate is lost, and it opens paused', async () => {
    bench.gate.flush();
    expect(await control('pause')).toMatchObject({ kind: 'done' });
    expect(bench.restoreRequests).toEqual([couponId]);
    await bench.restore(couponId);
    expect(await bench.claim(couponId, 'a')).toEqual({ kind: 'refused', reason: 'coupon_paused' });
  });
});
