import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ChangeDependencies, ChangeOutcome } from '../../lambdas/domain/change-coupon.ts';
import type { Propose } from '../../lambdas/domain/coupon-changes.ts';
import { proposeControl, proposePatch } from '../../lambdas/domain/coupon-changes.ts';
import type { GateContents } from '../../lambdas/domain/gate.ts';
import type { StockGate } from '../../lambdas/domain/ports.ts';
import {
  GateOutcomeUnknown,
  GateUnavailable,
  LedgerUnavailable,
} from '../../lambdas/domain/ports.ts';
import { ProtocolBench } from '../support/protocol-bench.ts';

const HOUR_MS = 3_600_000;

let bench: ProtocolBench;
let couponId: string;
/** What was sent and has not arrived. */
let late: (() => Promise<unknown>)[];

beforeEach(async () => {
  bench = new ProtocolBench();
  couponId = await bench.openCoupon({ quantity: 5 });
  late = [];
  for (const user of ['a', 'b']) {
    expect(await bench.claim(couponId, user)).toMatchObject({ kind: 'accepted' });
  }
});

type GateFault = 'request lost' | 'reply lost' | 'request late';
type CommitFault = 'failed' | 'reply lost';

/** The n-th call to the gate meets a fault. */
function gateWith(fault: GateFault, call: number): Pick<StockGate, 'apply'> {
  let calls = 0;
  return {
    apply: async (...args) => {
      calls += 1;
      if (calls !== call) return bench.gate.apply(...args);
      if (fault === 'request lost') throw new GateUnavailable(fault);
      if (fault === 'reply lost') await bench.gate.apply(...args);
      else late.push(() => bench.gate.apply(...args));
      throw new GateOutcomeUnknown(fault);
    },
  };
}

function ledgerWith(fault: CommitFault): ChangeDependencies['ledger'] {
  return {
    raiseVersion: (...args) => bench.ledger.raiseVersion(...args),
    changeCoupon: async (id, decide) => {
      const changed = await bench.ledger.changeCoupon(id, async (reading) => {
        const decision = await decide(reading);
        if (fault === 'failed') throw new LedgerUnavailable(fault);
        return decision;
      });
      if (changed !== undefined) throw new LedgerUnavailable(fault);
      return changed;
    },
  };
}

/** Gate and PostgreSQL have the same terms, and nothing is left of a change that failed. */
function expectAgreement(): void {
  const { version, quantity, control, issueEndsAt } = bench.ledger.look(couponId);
  const agreed = { version, quantity, control, issueEndsAt, restricted: false };
  expect(bench.gate.look(couponId)).toMatchObject(agreed);
}

/** Whatever happened: the gate gives nothing that PostgreSQL does not have. */
function expectNoMore(): void {
  const { quantity, issueEndsAt } = bench.ledger.look(couponId);
  const gate = bench.gate.look(couponId);
  expect(gate?.quantity).toBeLessThanOrEqual(quantity);
  expect(gate?.issueEndsAt).toBeLessThanOrEqual(issueEndsAt);
}

const inAnHour = (minutes: number): number => bench.clock.now() + HOUR_MS + minutes * 60_000;

const changes: readonly (readonly [string, () => Propose, restricts: boolean])[] = [
  ['more', () => proposePatch({ quantity: 8 }), false],
  ['less', () => proposePatch({ quantity: 3 }), true],
  ['longer', () => proposePatch({ issueEndsAt: inAnHour(9) }), false],
  ['shorter', () => proposePatch({ issueEndsAt: inAnHour(-9) }), true],
  ['less and longer', () => proposePatch({ quantity: 3, issueEndsAt: inAnHour(9) }), true],
  ['more and shorter', () => proposePatch({ quantity: 8, issueEndsAt: inAnHour(-9) }), true],
  ['a pause', () => proposeControl('pause'), false],
  ['a close', () => proposeControl('close'), false],
];

type Fault = readonly [name: string, dependencies: () => Partial<ChangeDependencies>];

const gateFaults: readonly GateFault[] = ['request lost', 'reply lost', 'request late'];
const commitFaults: readonly Fault[] = [
  ['COMMIT fails', () => ({ ledger: ledgerWith('failed') })],
  [
    "COMMIT's reply is lost, or the process dies after it",
    () => ({ ledger: ledgerWith('reply lost') }),
  ],
];
const faultsOfGateCall = (call: number, name: string): Fault[] =>
  gateFaults.map((fault) => [`${name}: ${fault}`, () => ({ gate: gateWith(fault, call) })]);

describe.each(changes)('%s', (_name, newPropose, restricts) => {
  const faults = restricts
    ? [
        ...faultsOfGateCall(1, 'what is taken away first'),
        ...commitFaults,
        ...faultsOfGateCall(2, 'what the gate is told last'),
      ]
    : [...commitFaults, ...faultsOfGateCall(1, 'what the gate is told last')];

  let propose: Propose;
  beforeEach(() => {
    propose = newPropose();
  });

  const failed = (dependencies: Partial<ChangeDependencies>): Promise<ChangeOutcome> =>
    expect(bench.change(couponId, propose, dependencies)).rejects.toThrow() as never;

  describe.each(faults)('when %s', (_fault, dependencies) => {
    it('is done or undone by the next restore', async () => {
      await failed(dependencies());
      expectNoMore();
      expect(await bench.restore(couponId)).toMatch(/^al/);
      expectAgreement();
      for (const arrive of late) await arrive();
      expectNoMore();
      await bench.restore(couponId);
      expectAgreement();
    });

    it('is completed by asking again', async () => {
      await failed(dependencies());
      expect(await bench.change(couponId, propose)).toMatchObject({ kind: 'done' });
      expectAgreement();
      for (const arrive of late) await arrive();
      expectAgreement();
      expect(bench.ledger.audit).toHaveLength(1);
    });

    it('does not stand in the way of another change', async () => {
      await failed(dependencies());
      const other = proposePatch({ quantity: 4, name: 'Other' });
      const { kind } = await bench.change(couponId, other);
      expectNoMore();
      for (const arrive of late) await arrive();
      await bench.restore(couponId);
      expectAgreement();
      const { quantity, control } = bench.ledger.look(couponId);
      expect([kind, quantity]).toEqual(control === 'closed' ? ['closed', 5] : ['done', 4]);
    });
  });
});

describe('a change that came to nothing', () => {
  it('leaves no limit behind when the operator asks for what there was', async () => {
    const less = proposePatch({ quantity: 2 });
    await expect(bench.change(couponId, less, { ledger: ledgerWith('failed') })).rejects.toThrow(
      LedgerUnavailable,
    );
    expect(await bench.claim(couponId, 'c')).toEqual({ kind: 'refused', reason: 'sold_out' });
    const asBefore = proposePatch({ quantity: 5 });
    expect(await bench.change(couponId, asBefore)).toMatchObject({ kind: 'done' });
    expectAgreement();
    expect(await bench.claim(couponId, 'c')).toMatchObject({ kind: 'accepted' });
    expect(bench.ledger.audit).toEqual([]);
  });
});

describe('a rebuild', () => {
  it('that lost its lock does not open the gate with what it read before a pause', async () => {
    await bench.record();
    bench.gate.flush();
    const open = bench.gate.open.bind(bench.gate);
    let zombie: (() => Promise<boolean>) | undefined;
    bench.gate.open = (id: string, contents: GateContents) => {
      zombie = () => open(id, contents);
      return Promise.reject(new LedgerUnavailable('lock lost'));
    };
    await expect(bench.restore(couponId)).rejects.toThrow(LedgerUnavailable);
    bench.gate.open = open;
    expect(await bench.change(couponId, proposeControl('pause'))).toMatchObject({ kind: 'done' });
    expect(await zombie?.()).toBe(false);
    expect(await bench.claim(couponId, 'c')).toEqual({ kind: 'gate_closed' });
    expect(await bench.restore(couponId)).toBe('opened');
    expect(await bench.claim(couponId, 'c')).toEqual({ kind: 'refused', reason: 'coupon_paused' });
    expectAgreement();
  });

  it('takes no limit that was meant for the gate before it', async () => {
    const less = proposePatch({ quantity: 3 });
    const ports = { gate: gateWith('request late', 1) };
    await expect(bench.change(couponId, less, ports)).rejects.toThrow(GateOutcomeUnknown);
    await bench.record();
    bench.gate.flush();
    expect(await bench.restore(couponId)).toBe('opened');
    for (const arrive of late) await arrive();
    expectAgreement();
  });

  it('of which PostgreSQL has begun the epoch keeps no pause from the gate that is still open', async () => {
    await bench.ledger.beginEpoch(couponId);
    expect(await bench.change(couponId, proposeControl('pause'))).toMatchObject({ kind: 'done' });
    expect(await bench.claim(couponId, 'c')).toEqual({ kind: 'refused', reason: 'coupon_paused' });
  });
});

describe('when PostgreSQL has lost its last commits to a standby', () => {
  /** The gate obeys terms of versions that the ledger does not know of. */
  async function loseCommits(quantity: number): Promise<void> {
    const { issueEndsAt } = bench.ledger.look(couponId);
    const forgetAt = issueEndsAt + bench.restoreSettings.forgetAfterMs;
    const lost = {
      epoch: 1,
      version: 9,
      quantity,
      control: 'active',
      issueEndsAt,
      forgetAt,
    } as const;
    expect(await bench.gate.apply(couponId, lost)).toEqual({ kind: 'applied' });
  }

  it('the restore brings the gate back to what PostgreSQL says', async () => {
    await loseCommits(7);
    expect(await bench.restore(couponId)).toBe('aligned');
    expectAgreement();
    expect(bench.ledger.look(couponId)).toMatchObject({ quantity: 5, version: 10 });
  });

  it('a pause is obeyed all the same', async () => {
    await loseCommits(7);
    expect(await bench.change(couponId, proposeControl('pause'))).toMatchObject({ kind: 'done' });
    expect(await bench.claim(couponId, 'c')).toEqual({ kind: 'refused', reason: 'coupon_paused' });
    expectAgreement();
  });

  it('nothing is taken away on the word of a gate that knows better', async () => {
    await loseCommits(7);
    const less = proposePatch({ quantity: 3 });
    expect(await bench.change(couponId, less)).toEqual({ kind: 'gate_closed' });
    expect(bench.restoreRequests).toEqual([couponId]);
    await bench.restore(couponId);
    expect(await bench.change(couponId, less)).toMatchObject({ kind: 'done' });
    expectAgreement();
  });

  it('a gate that has given more than there is is built again from the rows', async () => {
    await loseCommits(7);
    for (const user of ['c', 'd', 'e', 'f', 'g']) await bench.claim(couponId, user);
    await bench.record();
    expect(await bench.change(couponId, proposeControl('pause'))).toEqual({ kind: 'gate_closed' });
    expect(await bench.restore(couponId)).toBe('opened');
    expect(bench.gate.look(couponId)).toMatchObject({ given: 5, quantity: 5, control: 'paused' });
  });
});
