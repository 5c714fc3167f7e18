import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals';
import { systemClock } from '../../lambdas/adapters/clock/system-clock.ts';
import { valkeyCouponCache } from '../../lambdas/adapters/valkey/coupon-cache.ts';
import { valkeyRateLimiter } from '../../lambdas/adapters/valkey/rate-limiter.ts';
import { valkeyTime } from '../../lambdas/adapters/valkey/server-time.ts';
import { valkeyStockGate } from '../../lambdas/adapters/valkey/stock-gate.ts';
import { connectValkey, type ValkeyClient } from '../../lambdas/adapters/valkey/valkey-client.ts';
import { ACCESS } from '../../lib/constructs/stock-cache.ts';
import { CleanUp } from '../support/clean-up.ts';
import { claimOf, contents, loadedClaim, newCouponId, terms } from '../support/samples.ts';
import { testServers } from '../support/servers.ts';
import { until } from '../support/until.ts';

const PATIENCE_MS = 5_000;
const USER = 'test-access';
const PASSWORD = 'of-the-tests';

const cleanUp = new CleanUp();
const faults: unknown[] = [];
let admin: ValkeyClient;
let client: ValkeyClient;

afterEach(() => cleanUp.run());

beforeEach(async () => {
  faults.length = 0;
  admin = await connect(testServers().valkeyUrl);
  await admin.call('ACL', 'SETUSER', USER, 'reset', ...ACCESS.split(' '), `>${PASSWORD}`);
  cleanUp.add(admin, (one) => one.call('ACL', 'DELUSER', USER));
  const url = new URL(testServers().valkeyUrl);
  url.username = USER;
  url.password = PASSWORD;
  client = await connect(url.href);
});

async function connect(url: string): Promise<ValkeyClient> {
  const opened = cleanUp.add(
    connectValkey({ url, commandTimeoutMs: PATIENCE_MS }, (error) => {
      faults.push(error);
    }),
    (one) => {
      one.disconnect();
    },
  );
  await until('a connection', PATIENCE_MS, () => opened.status === 'ready' || undefined);
  return opened;
}

describe('the user that the functions have on AWS', () => {
  it('builds a gate, claims, publishes, changes and forgets', async () => {
    const couponId = newCouponId();
    const gate = valkeyStockGate(client, PATIENCE_MS);
    const loaded = loadedClaim(couponId, 'loaded');
    expect(await gate.beginBuilding(couponId, 1)).toBe(true);
    expect(await gate.clear(couponId, 1, 1)).toBe(true);
    expect(await gate.load(couponId, 1, [loaded])).toBe(true);
    expect(await gate.open(couponId, contents({ given: 1, lastSequence: 1 }))).toBe(true);

    const claim = claimOf(couponId, 'shopper');
    expect((await gate.claim(claim)).kind).toBe('accepted');
    for await (const page of gate.pendingClaims(couponId, 0)) expect(page).toHaveLength(1);
    await gate.confirm(couponId, [claim.digest], 1);
    expect((await gate.find(loaded.id)).kind).toBe('found');
    expect((await gate.status(couponId)).kind).toBe('open');
    expect(await gate.apply(couponId, terms({ version: 2, control: 'paused' }))).toBeDefined();
    const user = { id: 'shopper', key: claim.userKey };
    expect(await gate.forgetUser(couponId, user, [claim.digest])).toBe(true);
    expect(faults).toEqual([]);
  });

  it('counts requests, keeps views of coupons and tells the time', async () => {
    const onFault = (_: string, error: unknown): unknown => faults.push(error);
    const limiter = valkeyRateLimiter(
      client,
      systemClock,
      { timeoutMs: PATIENCE_MS, pauseMs: 1_000 },
      onFault,
    );
    expect(await limiter.spend(newCouponId(), 1, { burst: 3, perSecond: 1 })).toBeDefined();
    const cache = valkeyCouponCache(client, systemClock, onFault);
    const read = await cache.read(newCouponId(), () => Promise.resolve(undefined));
    expect(read).toBeUndefined();
    expect(await valkeyTime(client, PATIENCE_MS)).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });

  it('finds the servers of a cluster', async () => {
    // Ours is none, and says so to whoever may ask.
    await expect(client.cluster('SLOTS')).rejects.toThrow('cluster support disabled');
  });

  test.each([
    'FLUSHALL',
    'FLUSHDB',
    'KEYS *',
    'CONFIG GET *',
    'DEBUG SLEEP 0',
    'SHUTDOWN NOSAVE',
    'ACL LIST',
    'MONITOR',
    'REPLICAOF NO ONE',
    'CLUSTER FAILOVER',
    'SCRIPT FLUSH',
    'PUBLISH a b',
  ])('may not: %s', async (command) => {
    const answer = await admin.call('ACL', 'DRYRUN', USER, ...command.split(' '));
    expect(answer).toContain('has no permissions to run');
  });
});
