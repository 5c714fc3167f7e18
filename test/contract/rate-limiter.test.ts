import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../lambdas/adapters/clock/system-clock.ts';
import { valkeyRateLimiter } from '../../lambdas/adapters/valkey/rate-limiter.ts';
import type { ValkeyClient } from '../../lambdas/adapters/valkey/valkey-client.ts';
import { connectValkey } from '../../lambdas/adapters/valkey/valkey-client.ts';
import type { RateLimiter, Spending } from '../../lambdas/domain/request-limits.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { MemoryRateLimiter } from '../fakes/memory-rate-limiter.ts';
import { testServers } from '../support/servers.ts';
import { silencingProxy } from '../support/silencing-proxy.ts';
import { until } from '../support/until.ts';

const SETTINGS = { timeoutMs: 2_000, pauseMs: 1_000 };
/** Nothing comes back within a test. */
const SLOW = { burst: 5, perSecond: 0.001 };

let valkey: ValkeyClient;
let faults: string[];

function connect(url: string): ValkeyClient {
  return connectValkey({ url, commandTimeoutMs: 2_000 }, () => undefined);
}

beforeAll(async () => {
  valkey = connect(testServers().valkeyUrl);
  await until('Valkey is there', 5_000, () => (valkey.status === 'ready' ? true : undefined));
});

beforeEach(() => {
  faults = [];
});

afterAll(() => {
  valkey.disconnect();
});

const onFault = (what: string): void => {
  faults.push(what);
};

function inValkey(): RateLimiter {
  return valkeyRateLimiter(valkey, systemClock, SETTINGS, onFault);
}

const limiters: [string, () => RateLimiter][] = [
  ['in Valkey', inValkey],
  ['in memory', () => new MemoryRateLimiter(() => Date.now())],
];

describe.each(limiters)('a limiter %s', (_name, open) => {
  let limiter: RateLimiter;
  let key: string;

  beforeEach(() => {
    limiter = open();
    key = randomUUID();
  });

  const spend = (cost = 1, limit = SLOW): Promise<Spending | undefined> =>
    limiter.spend(key, cost, limit);

  it('lets a burst through, and says what is left', async () => {
    for (const remaining of [4, 3, 2, 1, 0]) {
      expect(await spend()).toMatchObject({ allowed: true, remaining, retryAfterMs: 0 });
    }
    const refused = await spend();
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    // Of 1,000 s for one request some milliseconds are over.
    expect(refused?.retryAfterMs).toBeGreaterThan(990_000);
    expect(refused?.retryAfterMs).toBeLessThanOrEqual(1_000_000);
    expect(refused?.fullAfterMs).toBeGreaterThan(4_990_000);
    expect(refused?.fullAfterMs).toBeLessThanOrEqual(5_000_000);
  });

  it('counts several at once, all of them or none', async () => {
    expect(await spend(3)).toMatchObject({ allowed: true, remaining: 2 });
    expect(await spend(3)).toMatchObject({ allowed: false, remaining: 2 });
    expect(await spend(2)).toMatchObject({ allowed: true, remaining: 0 });
  });

  it('is exact for requests at the same time', async () => {
    const spent = await Promise.all(Array.from({ length: 50 }, () => spend()));
    expect(spent.filter((spending) => spending?.allowed)).toHaveLength(SLOW.burst);
  });

  it('gives back with time', async () => {
    const limit = { burst: 2, perSecond: 20 };
    await spend(2, limit);
    const refused = await spend(1, limit);
    expect(refused?.allowed).toBe(false);
    expect(refused?.retryAfterMs).toBeLessThanOrEqual(50);
    await until('one came back', 5_000, async () =>
      (await spend(1, limit))?.allowed === true ? true : undefined,
    );
  });

  it('counts each key by itself', async () => {
    await spend(5);
    expect(await limiter.spend(randomUUID(), 5, SLOW)).toMatchObject({ allowed: true });
  });
});

describe('in Valkey', () => {
  const limit = { burst: 300, perSecond: 30 };

  it('a count is forgotten once it is whole again', async () => {
    const key = randomUUID();
    await inValkey().spend(key, 30, limit);
    const ttl = await valkey.pttl(`requests:${key}`);
    expect(ttl).toBeGreaterThan(500);
    expect(ttl).toBeLessThanOrEqual(1_001);
  });

  it('nobody waits longer than a burst takes, after a server whose clock ran ahead', async () => {
    const key = randomUUID();
    const ahead = (Date.now() + 3_600_000) * 1_000;
    await valkey.set(`requests:${key}`, String(ahead), 'PX', 60_000);
    const spending = await inValkey().spend(key, 1, limit);
    expect(spending).toMatchObject({ allowed: false });
    expect(spending?.retryAfterMs).toBeLessThanOrEqual(34);
    expect(spending?.fullAfterMs).toBeLessThanOrEqual(10_000);
  });

  it('its script uses one key, so that it runs on a cluster', async () => {
    const { rateLimitScripts } = await import('../../lambdas/adapters/valkey/rate-limit-script.ts');
    expect(rateLimitScripts.spendRequests.numberOfKeys).toBe(1);
    expect(rateLimitScripts.spendRequests.lua.match(/KEYS\[(\d)\]/g)).toEqual(
      expect.not.arrayContaining(['KEYS[2]']),
    );
  });

  it('nobody can tell while it is away, which is reported once a pause and costs no time', async () => {
    const nowhere = connect('redis://127.0.0.1:1');
    let asked = 0;
    const spendRequests: ValkeyClient['spendRequests'] = (...args) => {
      asked += 1;
      return nowhere.spendRequests(...args);
    };
    const clock = new ManualClock();
    const limiter = valkeyRateLimiter({ spendRequests }, clock, SETTINGS, onFault);
    for (let i = 0; i < 5; i += 1) expect(await limiter.spend('a', 1, limit)).toBeUndefined();
    expect([faults, asked]).toEqual([['rate limiter'], 1]);
    clock.advance(SETTINGS.pauseMs);
    expect(await limiter.spend('a', 1, limit)).toBeUndefined();
    expect(faults).toEqual(['rate limiter', 'rate limiter']);
    nowhere.disconnect();
  });

  it('a process that had no time for its replies still knows them', async () => {
    const limiter = valkeyRateLimiter(
      valkey,
      systemClock,
      { timeoutMs: 20, pauseMs: 60_000 },
      onFault,
    );
    const spending = limiter.spend(randomUUID(), 1, limit);
    const busyUntil = performance.now() + 100;
    // The command is on its way once the first turn is over.
    setImmediate(() => {
      while (performance.now() < busyUntil);
    });
    expect(await spending).toMatchObject({ allowed: true });
    expect(faults).toEqual([]);
  });

  it('nobody waits for a reply that does not come', async () => {
    const proxy = await silencingProxy(testServers().valkeyUrl);
    const client = connect(proxy.url);
    try {
      await until('it is there', 5_000, () => (client.status === 'ready' ? true : undefined));
      const limiter = valkeyRateLimiter(
        client,
        systemClock,
        { timeoutMs: 50, pauseMs: 60_000 },
        onFault,
      );
      const key = randomUUID();
      expect(await limiter.spend(key, 1, limit)).toMatchObject({ allowed: true });
      proxy.silence();
      const begun = performance.now();
      const spendings = await Promise.all(
        Array.from({ length: 20 }, () => limiter.spend(key, 1, limit)),
      );
      expect(new Set(spendings)).toEqual(new Set([undefined]));
      expect(await limiter.spend(key, 1, limit)).toBeUndefined();
      expect(performance.now() - begun).toBeLessThan(1_000);
      expect(faults).toEqual(['rate limiter']);
    } finally {
      client.disconnect();
      await proxy.close();
    }
  });
});
