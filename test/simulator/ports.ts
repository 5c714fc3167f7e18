import { isPast } from '../../lambdas/domain/deadline.ts';
import type {
  ClaimLog,
  CouponChanges,
  CouponLedger,
  IssuanceLedger,
  LockedCoupon,
  LogPositions,
  RecordLedger,
  RestoreLeases,
  RestoreLedger,
  StockGate,
} from '../../lambdas/domain/ports.ts';
import {
  GateOutcomeUnknown,
  GateUnavailable,
  LedgerUnavailable,
  LogUnavailable,
  PublishOutcomeUnknown,
} from '../../lambdas/domain/ports.ts';
import type { CallFaults, CallOptions, SimulatedProcess } from './simulated-process.ts';
import type { World } from './world.ts';

const GATE: CallFaults = {
  lost: () => new GateUnavailable('the gate cannot be reached'),
  unknown: () => new GateOutcomeUnknown('the gate does not answer'),
};

const LEDGER: CallFaults = {
  lost: () => new LedgerUnavailable('the ledger cannot be reached'),
  unknown: () => new LedgerUnavailable('the ledger does not answer'),
};

const LOG: CallFaults = {
  lost: () => new LogUnavailable('the log cannot be reached'),
  unknown: () => new LogUnavailable('the log does not answer'),
};

const PUBLISH: CallFaults = {
  lost: () => new PublishOutcomeUnknown('no acknowledgement in time'),
  unknown: () => new PublishOutcomeUnknown('no acknowledgement in time'),
};

/** The gate, over the network, as one process sees it. */
export function gatePort({ gate }: World, process: SimulatedProcess): StockGate {
  const ask = <Result>(text: string, perform: () => Promise<Result>): Promise<Result> =>
    process.ask(text, perform, GATE);
  return {
    claim: (request) => ask('asks the gate', () => gate.claim(request)),
    confirm: (couponId, digests, epoch) =>
      ask('confirms at the gate', () => gate.confirm(couponId, digests, epoch)),
    find: (id) => ask('looks for a claim', () => gate.find(id)),
    status: (couponId) => ask('looks at the gate', () => gate.status(couponId)),
    async *pendingClaims(couponId, minAgeMs) {
      const pages = await ask('looks for pending claims', () =>
        Array.fromAsync(gate.pendingClaims(couponId, minAgeMs)),
      );
      yield* pages;
    },
    beginBuilding: (couponId, epoch) =>
      ask(`marks the gate as being built by epoch ${epoch}`, () =>
        gate.beginBuilding(couponId, epoch),
      ),
    clear: (couponId, epoch, limit) =>
      ask(`clears the gate for epoch ${epoch}`, () => gate.clear(couponId, epoch, limit)),
    load: (couponId, epoch, claims) =>
      ask(`loads ${claims.length} claims for epoch ${epoch}`, () =>
        gate.load(couponId, epoch, claims),
      ),
    open: (couponId, contents) =>
      ask(`opens the gate of epoch ${contents.epoch}`, () => gate.open(couponId, contents)),
    apply: (couponId, terms, limit) =>
      ask(
        `tells the gate version ${terms.version}${limit ? ` with a limit of ${limit.quantity}` : ''}`,
        () => gate.apply(couponId, terms, limit),
      ),
    forgetUser: (...args) => ask('blanks a name', () => gate.forgetUser(...args)),
  };
}

/** The log's adapter keeps a deadline by both clocks: at each write, and when it is acknowledged. */
export function claimLogPort(world: World, process: SimulatedProcess): ClaimLog {
  return {
    ready: () =>
      world.isKafkaAway ? Promise.reject(new LogUnavailable('away')) : Promise.resolve(),
    discardExpired: () => undefined,
    async publish(key, value, deadline) {
      const append = (): Promise<void> => {
        world.topic.append(key, value, world.time);
        return Promise.resolve();
      };
      const refusal = (): Error | undefined =>
        isPast(process, deadline) ? new PublishOutcomeUnknown('no time left') : undefined;
      await process.ask('publishes the claim', append, PUBLISH, { refusal });
      if (isPast(process, deadline)) throw new PublishOutcomeUnknown('acknowledged too late');
    },
  };
}

export function positionsPort({ topic }: World, process: SimulatedProcess): LogPositions {
  return {
    topic: topic.name,
    endOffsets: () =>
      process.ask("reads the log's end", () => Promise.resolve(topic.endOffsets()), LOG),
    committedOffsets: () =>
      process.ask(
        'reads what the record group has committed',
        () => Promise.resolve(topic.committedOffsets()),
        LOG,
      ),
  };
}

type LedgerPort = RestoreLedger &
  RestoreLeases &
  CouponChanges &
  RecordLedger &
  Pick<IssuanceLedger, 'findIssuance'> &
  Pick<CouponLedger, 'findCoupon'>;

/** PostgreSQL, over the network, as one process sees it. */
export function ledgerPort(world: World, process: SimulatedProcess): LedgerPort {
  const { ledger } = world;
  const ask = <Result>(
    text: string,
    perform: () => Promise<Result>,
    options?: CallOptions,
  ): Promise<Result> => process.ask(text, perform, LEDGER, options);
  const unlocked = (couponId: string): CallOptions => ({
    isReady: () => !world.locks.has(couponId),
  });
  return {
    findCoupon: (id) => ask('reads the coupon', () => ledger.findCoupon(id)),
    findIssuance: (id) => ask('reads the issuance', () => ledger.findIssuance(id)),
    couponIdsEndingSince: (ms) => ledger.couponIdsEndingSince(ms),
    take: (id, holder, ms) => ask('takes the lease', () => ledger.take(id, holder, ms)),
    release: (id, holder) => ask('gives the lease back', () => ledger.release(id, holder)),
    findFence: (id, epoch) => ask('reads the fence', () => ledger.findFence(id, epoch)),
    beginEpoch: (id) => ask('begins an epoch', () => ledger.beginEpoch(id), unlocked(id)),
    storeFence: (id, fence) =>
      ask(
        `stores the fence of epoch ${fence.epoch} (${Object.values(fence.endOffsets).join(', ')})`,
        () => ledger.storeFence(id, fence),
        unlocked(id),
      ),
    raiseVersion: (id, gate) =>
      ask('raises the version', () => ledger.raiseVersion(id, gate), unlocked(id)),
    storeBatch: (entries) =>
      ask(`stores ${entries.length} records`, () => ledger.storeBatch(entries), {
        isReady: () => world.locks.size === 0,
      }),
    withLockedCoupon: <T>(id: string, work: (locked: LockedCoupon) => Promise<T>) =>
      transaction<LockedCoupon, T, T>(
        world,
        process,
        id,
        (body) => ledger.withLockedCoupon(id, body),
        (there, isAlive) =>
          work({
            coupon: there.coupon,
            noteOpened: () => Promise.resolve(),
            async *issuances(size) {
              for await (const chunk of there.issuances(size)) {
                if (!isAlive()) throw new LedgerUnavailable('the connection was lost');
                yield chunk;
              }
            },
          }),
      ),
    changeCoupon: (id, decide) =>
      transaction(world, process, id, (body) => ledger.changeCoupon(id, body), decide),
  };
}

/** A transaction that holds a coupon's row lock until it is committed or its connection is lost. */
async function transaction<Locked, Inner, Result>(
  world: World,
  process: SimulatedProcess,
  couponId: string,
  begin: (body: (locked: Locked) => Promise<Inner>) => Promise<Result>,
  work: (locked: Locked, isAlive: () => boolean) => Promise<Inner>,
): Promise<Result> {
  if (world.isCalm) return begin((locked) => work(locked, () => true));
  await process.ask('locks the coupon', () => Promise.resolve(), LEDGER, {
    isReady: () => !world.locks.has(couponId),
    isBrief: true,
  });
  const locked = Promise.withResolvers<Locked>();
  const body = Promise.withResolvers<Inner>();
  let isSent = false;
  let isAlive = true;
  const abort = (): void => {
    if (isSent) return;
    isAlive = false;
    body.reject(new LedgerUnavailable('the connection was lost'));
  };
  world.locks.set(couponId, { holder: process.name, abort });
  process.onKilled.add(abort);
  const inDatabase = begin((there) => {
    locked.resolve(there);
    return body.promise;
  });
  const unlock = (): void => {
    world.locks.delete(couponId);
    world.activity += 1;
  };
  inDatabase.then(unlock, unlock);
  try {
    const inner = await work(await locked.promise, () => isAlive);
    const commit = (): Promise<Result> => {
      body.resolve(inner);
      return inDatabase;
    };
    const onLate = (): void => {
      isSent = true;
    };
    return await process.ask('commits', commit, LEDGER, { onLost: abort, onLate });
  } catch (error) {
    abort();
    throw error;
  } finally {
    process.onKilled.delete(abort);
  }
}
