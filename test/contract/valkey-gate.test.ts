import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { gateKeys } from '../../lambdas/adapters/valkey/gate-scripts.ts';
import { valkeyStockGate } from '../../lambdas/adapters/valkey/stock-gate.ts';
import type { ValkeyClient } from '../../lambdas/adapters/valkey/valkey-client.ts';
import { connectValkey } from '../../lambdas/adapters/valkey/valkey-client.ts';
import type { GateContents } from '../../lambdas/domain/gate.ts';
import { issuanceId } from '../../lambdas/domain/issuance.ts';
import type { StockGate } from '../../lambdas/domain/ports.ts';
import { GateOutcomeUnknown, GateUnavailable } from '../../lambdas/domain/ports.ts';
import { claimOf, contents, newCouponId, terms } from '../support/samples.ts';
import { testServers } from '../support/servers.ts';
import { silencingProxy } from '../support/silencing-proxy.ts';
import { until } from '../support/until.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let valkey: ValkeyClient;
let gate: StockGate;
let couponId: string;
let keys: ReturnType<typeof gateKeys>;

beforeAll(() => {
  valkey = connect(5_000);
  gate = valkeyStockGate(valkey, 5_000);
});

afterAll(() => {
  valkey.disconnect();
});

beforeEach(() => {
  couponId = newCouponId();
  keys = gateKeys(couponId);
});

function connect(commandTimeoutMs: number): ValkeyClient {
  return connectValkey({ url: testServers().valkeyUrl, commandTimeoutMs }, () => undefined);
}

async function open(changes: Partial<GateContents> = {}): Promise<void> {
  const all = contents(changes);
  await gate.beginBuilding(couponId, all.epoch);
  await gate.clear(couponId, all.epoch, all.perUserLimit);
  expect(await gate.open(couponId, all)).toBe(true);
}

describe('the gate in Valkey', () => {
  it('is foreign when the server was restarted, or was another master in between', async () => {
    await open();
    await gate.claim(claimOf(couponId, 'anna'));
    for (const field of ['runId', 'replId']) {
      const own = (await valkey.hget(keys[0], field)) ?? '';
      await valkey.hset(keys[0], field, 'f'.repeat(40));
      const closed = { kind: 'closed', why: 'foreign' };
      expect(await gate.claim(claimOf(couponId, 'anna'))).toEqual(closed);
      expect(await gate.status(couponId)).toMatchObject({ ...closed, buildingEpoch: undefined });
      await valkey.hset(keys[0], field, own);
    }
    expect(await gate.claim(claimOf(couponId, 'anna'))).toMatchObject({ kind: 'pending' });
  });

  it.each([-1, 1])(
    'knows nothing of this process’s clock, though it is off by %d day',
    async (days) => {
      await open();
      const real = Date.now();
      const off = jest.spyOn(Date, 'now').mockReturnValue(real + days * DAY_MS);
      try {
        const outcome = await gate.claim(claimOf(couponId, 'anna'));
        expect(outcome).toMatchObject({ kind: 'accepted' });
        const { issuance } = outcome as Extract<typeof outcome, { kind: 'accepted' }>;
        expect(Math.abs(issuance.acceptedAt - real)).toBeLessThan(60_000);
      } finally {
        off.mockRestore();
      }
    },
  );

  it('closes when its claims are gone early, instead of giving the units again', async () => {
    await open();
    await gate.claim(claimOf(couponId, 'anna'));
    await gate.claim(claimOf(couponId, 'ben'));
    await valkey.hdel(keys[1], claimOf(couponId, 'anna').digest);
    const drift = { kind: 'closed', why: 'drift' };
    expect(await gate.claim(claimOf(couponId, 'anna'))).toEqual(drift);
    await valkey.del(keys[1]);
    expect(await gate.claim(claimOf(couponId, 'carl'))).toEqual(drift);
  });

  it('closes when pending claims are gone early, instead of answering for what nobody published', async () => {
    await open();
    await gate.claim(claimOf(couponId, 'anna'));
    await gate.claim(claimOf(couponId, 'ben'));
    await gate.confirm(couponId, [claimOf(couponId, 'ben').digest], 1);
    expect(await gate.claim(claimOf(couponId, 'ben'))).toMatchObject({ kind: 'claimed' });
    await valkey.del(keys[2]);
    const drift = { kind: 'closed', why: 'drift' };
    expect(await gate.claim(claimOf(couponId, 'anna'))).toEqual(drift);
    expect(await gate.status(couponId)).toMatchObject(drift);
  });

  it('has a claim swept at once that was let in before its clock was set back', async () => {
    await open();
    const { digest } = claimOf(couponId, 'anna');
    await gate.claim(claimOf(couponId, 'anna'));
    const swept = async (): Promise<string[]> => {
      const pages = await Array.fromAsync(gate.pendingClaims(couponId, 4_000));
      return pages.flat().map((claim) => claim.digest);
    };
    expect(await swept()).toEqual([]);
    const record = (await valkey.hget(keys[2], digest)) ?? '';
    const future = `"acceptedAt":${Date.now() + 3_600_000}`;
    await valkey.hset(keys[2], digest, record.replace(/"acceptedAt":\d+/, future));
    expect(await swept()).toEqual([digest]);
  });

  it('takes no load into a gate that was flushed while it was being built', async () => {
    await gate.beginBuilding(couponId, 1);
    await gate.clear(couponId, 1, 1);
    await valkey.del(...keys);
    expect(await gate.load(couponId, 1, [])).toBe(false);
    expect(await gate.open(couponId, contents())).toBe(false);
  });

  it('goes on after SCRIPT FLUSH', async () => {
    await open();
    await gate.claim(claimOf(couponId, 'anna'));
    await valkey.script('FLUSH');
    expect(await gate.claim(claimOf(couponId, 'ben'))).toMatchObject({ kind: 'accepted' });
  });

  it('is forgotten as a whole, at the time it was opened with', async () => {
    const forgetAt = Date.now() + 5 * 3_600_000;
    await open({ forgetAt, perUserLimit: 2 });
    await gate.claim(claimOf(couponId, 'anna', 'k'));
    for (const key of keys) expect(await valkey.pexpiretime(key)).toBe(forgetAt);
    await gate.confirm(couponId, [claimOf(couponId, 'anna', 'k').keyedDigest ?? ''], 1);
    await gate.claim(claimOf(couponId, 'ben', 'k'));
    expect(await valkey.pexpiretime(keys[2])).toBe(forgetAt);
  });

  it('is forgotten later as a whole when its window is extended', async () => {
    await open({ perUserLimit: 2, forgetAt: Date.now() + 60_000 });
    await gate.claim(claimOf(couponId, 'anna', 'k'));
    const forgetAt = Date.now() + 3_600_000;
    const told = await gate.apply(couponId, terms({ version: 2, forgetAt }));
    expect(told).toEqual({ kind: 'applied' });
    for (const key of keys) expect(await valkey.pexpiretime(key)).toBe(forgetAt);
    // Also what is empty now and written to again later.
    await gate.confirm(couponId, [claimOf(couponId, 'anna', 'k').keyedDigest ?? ''], 1);
    await gate.claim(claimOf(couponId, 'ben', 'k'));
    expect(await valkey.pexpiretime(keys[2])).toBe(forgetAt);
  });

  it('can be closed when memory is full', async () => {
    await open();
    const [, before = ''] = await valkey.config('GET', 'maxmemory');
    await valkey.config('SET', 'maxmemory', '1');
    try {
      const told = await gate.apply(couponId, terms({ version: 2, control: 'closed' }));
      expect(told).toEqual({ kind: 'applied' });
    } finally {
      await valkey.config('SET', 'maxmemory', before);
    }
    expect(await gate.claim(claimOf(couponId, 'anna'))).toMatchObject({ reason: 'coupon_closed' });
  });

  it('obeys nobody while it is foreign', async () => {
    await open();
    await valkey.hset(keys[0], 'runId', 'f'.repeat(40));
    const closed = { kind: 'closed', why: 'foreign' };
    expect(await gate.apply(couponId, terms({ version: 2 }))).toEqual(closed);
    expect(await gate.apply(couponId, terms(), { quantity: 1, issueEndsAt: 1 })).toEqual(closed);
    expect(await valkey.hmget(keys[0], 'version', 'quantity')).toEqual(['1', '10']);
  });

  it('decides nothing by halves when memory is full, and says that nothing ran', async () => {
    await open();
    const anna = await gate.claim(claimOf(couponId, 'anna'));
    if (anna.kind !== 'accepted') throw new Error('not accepted');
    const { issuance } = anna;
    const [, before = ''] = await valkey.config('GET', 'maxmemory');
    await valkey.config('SET', 'maxmemory', '1');
    try {
      await expect(gate.claim(claimOf(couponId, 'ben'))).rejects.toThrow(GateUnavailable);
      // What reads and what frees memory goes on.
      expect(await gate.find(issuance.id)).toMatchObject({ kind: 'found' });
      expect((await Array.fromAsync(gate.pendingClaims(couponId, 0))).flat()).toHaveLength(1);
      await gate.confirm(couponId, [claimOf(couponId, 'anna').digest], 1);
    } finally {
      await valkey.config('SET', 'maxmemory', before);
    }
    expect(await gate.status(couponId)).toMatchObject({ kind: 'open', given: 1, pending: 0 });
  });

  it('takes at most 200 bytes a claim', async () => {
    const claims = 20_000;
    await open({ quantity: claims });
    const before = await usedMemory();
    for (let i = 0; i < claims; i += 1_000) {
      await Promise.all(
        Array.from({ length: 1_000 }, async (_, j) => {
          const request = claimOf(
            couponId,
            `0192f7d4-8c1b-7e2a-9f00-${String(i + j).padStart(12, '0')}`,
          );
          await gate.claim(request);
          await gate.confirm(couponId, [request.digest], 1);
        }),
      );
    }
    const each = ((await usedMemory()) - before) / claims;
    expect(each).toBeLessThanOrEqual(200);
  });

  it('has an unknown outcome when it does not answer in time, and did run all the same', async () => {
    await open();
    const impatient = connect(50);
    try {
      const other = valkeyStockGate(impatient, 5_000);
      await other.status(couponId);
      const busy = valkey.eval(BUSY, 0);
      await expect(other.claim(claimOf(couponId, 'anna'))).rejects.toThrow(GateOutcomeUnknown);
      await busy;
      // Of two connections Valkey may serve the later request first: the claim is given its moment.
      const { digest } = claimOf(couponId, 'anna');
      await until('the claim that timed out', 5_000, async () => {
        const { kind } = await gate.find(issuanceId(couponId, digest));
        return kind === 'found' ? kind : undefined;
      });
      expect(await gate.claim(claimOf(couponId, 'anna'))).toMatchObject({ kind: 'pending' });
    } finally {
      impatient.disconnect();
    }
  });

  it('leaves a connection on which nothing comes back, and goes on by another', async () => {
    await open();
    const proxy = await silencingProxy(testServers().valkeyUrl);
    const client = connectValkey({ url: proxy.url, commandTimeoutMs: 200 }, () => undefined);
    try {
      const other = valkeyStockGate(client, 5_000);
      expect(await other.status(couponId)).toMatchObject({ kind: 'open' });
      proxy.silence();
      await expect(other.status(couponId)).rejects.toThrow(GateOutcomeUnknown);
      await until('an open gate by another connection', 5_000, async () => {
        const { kind } = await other.status(couponId);
        return kind === 'open' ? kind : undefined;
      });
    } finally {
      client.disconnect();
      await proxy.close();
    }
  });

  it('says that nothing ran when there is no connection', async () => {
    const nowhere = connectValkey(
      { url: 'redis://127.0.0.1:1', commandTimeoutMs: 500 },
      () => undefined,
    );
    const other = valkeyStockGate(nowhere, 100);
    const claim = other.claim(claimOf(couponId, 'anna'));
    await expect(claim).rejects.toThrow(GateUnavailable);
    nowhere.disconnect();
  });
});

// TIME stands still within a script, so it is told to count: about half a second.
const BUSY = 'local n = 0; for i = 1, 1e8 do n = n + i end; return 1';

async function usedMemory(): Promise<number> {
  const info = await valkey.info('memory');
  return Number(/used_memory:(\d+)/.exec(info)?.[1]);
}
