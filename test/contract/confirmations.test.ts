import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { valkeyStockGate } from '../../lambdas/adapters/valkey/stock-gate.ts';
import { connectValkey } from '../../lambdas/adapters/valkey/valkey-client.ts';
import type { StockGate } from '../../lambdas/domain/ports.ts';
import { CleanUp } from '../support/clean-up.ts';
import { recordingProxy, type RecordingProxy } from '../support/recording-proxy.ts';
import { claimOf, contents, newCouponId } from '../support/samples.ts';
import { testServers } from '../support/servers.ts';

const cleanUp = new CleanUp();
let proxy: RecordingProxy;
let gate: StockGate;

beforeEach(async () => {
  proxy = cleanUp.add(await recordingProxy(testServers().valkeyUrl), (opened) => opened.close());
  const settings = { url: proxy.url, commandTimeoutMs: 5_000 };
  const valkey = cleanUp.add(
    connectValkey(settings, () => undefined),
    (client) => {
      client.disconnect();
    },
  );
  gate = valkeyStockGate(valkey, 5_000);
});

afterEach(() => cleanUp.run());

async function openWithClaims(users: readonly string[]): Promise<string> {
  const couponId = newCouponId();
  await gate.beginBuilding(couponId, 1);
  await gate.clear(couponId, 1, 1);
  await gate.open(couponId, contents({ epoch: 1, quantity: users.length }));
  for (const user of users) await gate.claim(claimOf(couponId, user));
  return couponId;
}

async function pendingOf(couponId: string): Promise<number> {
  const status = await gate.status(couponId);
  if (status.kind !== 'open') throw new Error(`the gate is closed: ${status.why}`);
  return status.pending;
}

/** Calls of scripts since the last `forget`. */
function calls(): number {
  return proxy.sent().match(/\r\nevalsha\r\n/gi)?.length ?? 0;
}

describe('confirmations', () => {
  it('that come together are one call, and each takes its claim off the pending ones', async () => {
    const users = Array.from({ length: 100 }, (_, i) => `user-${i}`);
    const couponId = await openWithClaims(users);
    expect(await pendingOf(couponId)).toBe(100);

    // The script is known by now.
    await gate.confirm(couponId, [claimOf(couponId, 'user-0').digest], 1);
    proxy.forget();
    await Promise.all(
      users.slice(1).map((user) => gate.confirm(couponId, [claimOf(couponId, user).digest], 1)),
    );
    expect(calls()).toBe(1);
    expect(await pendingOf(couponId)).toBe(0);
  });

  it('of several coupons and epochs do not get into each other', async () => {
    const [one, other] = [await openWithClaims(['anna', 'ben']), await openWithClaims(['anna'])];
    await Promise.all([
      gate.confirm(one, [claimOf(one, 'anna').digest], 1),
      gate.confirm(one, [claimOf(one, 'ben').digest], 2),
      gate.confirm(other, [claimOf(other, 'anna').digest], 1),
    ]);
    expect(await pendingOf(one)).toBe(1);
    expect(await pendingOf(other)).toBe(0);
  });

  it('that fail do so for all who came together', async () => {
    const couponId = await openWithClaims(['anna', 'ben']);
    const confirm = (user: string): Promise<void> =>
      gate.confirm(couponId, [claimOf(couponId, user).digest], 1);
    const cut = Promise.allSettled([confirm('anna'), confirm('ben')]);
    await proxy.close();
    const outcomes = await cut;
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
