import type {
  CouponChanges,
  CouponReading,
  RestoreLedger,
  StockGate,
} from '../../lambdas/domain/ports.ts';
import {
  GateOutcomeUnknown,
  GateUnavailable,
  LedgerUnavailable,
} from '../../lambdas/domain/ports.ts';
import type { MemoryLedger } from '../fakes/memory-ledger.ts';
import type { Interleaving } from './interleaving.ts';

export interface Faults {
  /** How likely each call meets each kind of fault; 0 once all is to be well. */
  probability: number;
  /** What was sent and arrives whenever it likes, its sender long gone. */
  readonly delayed: (() => Promise<unknown>)[];
}

type Call<Result> = () => Promise<Result>;

/** The gate behind a network that loses requests, loses replies and delivers late. */
export function faultyGate(gate: StockGate, run: Interleaving, faults: Faults): StockGate {
  const through = async <Result>(call: Call<Result>): Promise<Result> => {
    await run.turn();
    if (run.chance(faults.probability)) throw new GateUnavailable('request lost');
    if (run.chance(faults.probability)) {
      faults.delayed.push(call);
      throw new GateOutcomeUnknown('request late');
    }
    const result = await call();
    await run.turn();
    if (run.chance(faults.probability)) throw new GateOutcomeUnknown('reply lost');
    return result;
  };
  return {
    claim: (...args) => through(() => gate.claim(...args)),
    confirm: (...args) => through(() => gate.confirm(...args)),
    find: (...args) => through(() => gate.find(...args)),
    status: (...args) => through(() => gate.status(...args)),
    pendingClaims: (...args) => gate.pendingClaims(...args),
    beginBuilding: (...args) => through(() => gate.beginBuilding(...args)),
    clear: (...args) => through(() => gate.clear(...args)),
    load: (...args) => through(() => gate.load(...args)),
    open: (...args) => through(() => gate.open(...args)),
    apply: (...args) => through(() => gate.apply(...args)),
    forgetUser: (...args) => through(() => gate.forgetUser(...args)),
  };
}

/**
 * The ledger whose transactions fail, whose replies to COMMIT are lost, and whose locks are lost
 * while those who think they hold them go on.
 */
export function faultyLedger(
  ledger: MemoryLedger,
  run: Interleaving,
  faults: Faults,
): RestoreLedger & CouponChanges {
  const committed = async <Result>(call: Call<Result>): Promise<Result> => {
    await run.turn();
    if (run.chance(faults.probability)) throw new LedgerUnavailable('never begun');
    const result = await call();
    await run.turn();
    if (run.chance(faults.probability)) throw new LedgerUnavailable('reply to COMMIT lost');
    return result;
  };
  return {
    findCoupon: (id) => committed(() => ledger.findCoupon(id)),
    couponIdsEndingSince: (ms) => ledger.couponIdsEndingSince(ms),
    beginEpoch: (id) => committed(() => ledger.beginEpoch(id)),
    storeFence: (id, fence) => committed(() => ledger.storeFence(id, fence)),
    findFence: (id, epoch) => committed(() => ledger.findFence(id, epoch)),
    raiseVersion: (id, gate) => committed(() => ledger.raiseVersion(id, gate)),

    withLockedCoupon: (id, work) =>
      committed(async () => {
        if (!run.chance(faults.probability)) return ledger.withLockedCoupon(id, work);
        const { coupon, chunks } = await ledger.withLockedCoupon(id, async (locked) => ({
          coupon: locked.coupon,
          chunks: await Array.fromAsync(locked.issuances(2)),
        }));
        await run.turn();
        await work({
          coupon,
          noteOpened: () => Promise.resolve(),
          async *issuances() {
            for (const chunk of chunks) yield await Promise.resolve(chunk);
          },
        });
        throw new LedgerUnavailable('lock lost');
      }),

    changeCoupon: (id, decide) =>
      committed(async () => {
        if (run.chance(faults.probability)) {
          let seen: CouponReading | undefined;
          await ledger.changeCoupon(id, (reading) => {
            seen = reading;
            return Promise.resolve({ kind: 'keep' });
          });
          await run.turn();
          if (seen !== undefined) await decide(seen);
          throw new LedgerUnavailable('lock lost');
        }
        return ledger.changeCoupon(id, async (reading) => {
          const decision = await decide(reading);
          await run.turn();
          if (run.chance(faults.probability)) throw new LedgerUnavailable('COMMIT failed');
          return decision;
        });
      }),
  };
}
