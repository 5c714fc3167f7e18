import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../lambdas/adapters/clock/system-clock.ts';
import { valkeyCouponCache } from '../../lambdas/adapters/valkey/coupon-cache.ts';
import { whenReady } from '../../lambdas/adapters/valkey/valkey.ts';
import { connectValkey } from '../../lambdas/adapters/valkey/valkey-client.ts';
import type { Coupon } from '../../lambdas/domain/coupon.ts';
import type { CouponCache, CouponReading } from '../../lambdas/domain/ports.ts';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import { definition, newCouponId } from '../support/samples.ts';
import { testServers } from '../support/servers.ts';

const faults: string[] = [];
const onFault = (what: string): unknown => faults.push(what);
const valkey = connectValkey(
  { url: testServers().valkeyUrl, commandTimeoutMs: 5_000 },
  () => undefined,
);
const nowhere = connectValkey(
  { url: 'redis://127.0.0.1:1', commandTimeoutMs: 500 },
  () => undefined,
);

afterAll(() => {
  valkey.disconnect();
  nowhere.disconnect();
});

let couponId: string;
let cache: CouponCache;

beforeEach(async () => {
  couponId = newCouponId();
  cache = valkeyCouponCache(valkey, systemClock, onFault);
  await whenReady(valkey, 'any', 5_000);
});

function couponOf(version: number, issued = 0): Coupon {
  const rest = { id: couponId, control: 'active', epoch: 1, createdAt: 0 } as const;
  const window = { issueStartsAt: 1_000, issueEndsAt: 2_000 };
  return { ...definition({ name: `Version ${version}`, ...window }), ...rest, version, issued };
}

/** What a cache shows of the coupon. */
async function shown(
  from: CouponCache,
  load: () => Promise<Coupon | undefined>,
): Promise<Coupon | undefined> {
  const reading = await from.read(couponId, async () => {
    const coupon = await load();
    return coupon && { coupon, readAt: 0 };
  });
  return reading?.coupon;
}

const never = (): Promise<Coupon> => Promise.reject(new Error('read for nothing'));

describe('the coupon cache', () => {
  it('has one of many pollers read, and shows all of them the same', async () => {
    const begun = performance.now();
    let reads = 0;
    const load = (): Promise<Coupon> => {
      reads += 1;
      return Promise.resolve(couponOf(1));
    };
    const polls = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) =>
        // As many processes.
        shown(i % 2 ? cache : valkeyCouponCache(valkey, systemClock, onFault), load),
      ),
    );
    // One a second, however many poll.
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThanOrEqual(1 + (performance.now() - begun) / 1_000);
    expect(polls).toEqual(polls.map(() => couponOf(1)));
  });

  it("reads anew when Valkey's clock was set back by hours since the last reading", async () => {
    await shown(cache, () => Promise.resolve(couponOf(1)));
    // To Valkey it is the same: what was to last a second lasts hours.
    await valkey.pexpire(`coupon:{${couponId}}:fresh`, 7_200_000);
    await valkey.pexpire(`coupon:{${couponId}}:view`, 7_200_000);

    const changed = couponOf(1, 5);
    expect(await shown(cache, () => Promise.resolve(changed))).toEqual(changed);
    // That one is kept for no longer than any.
    expect(await shown(cache, never)).toEqual(changed);
    expect(await valkey.pttl(`coupon:{${couponId}}:fresh`)).toBeLessThanOrEqual(1_000);
    expect(await valkey.pttl(`coupon:{${couponId}}:view`)).toBeLessThanOrEqual(10_000);
  });

  it('costs at most two reads a second, also while the coupon is changed again and again', async () => {
    let version = 1;
    let reads = 0;
    const begun = performance.now();
    const elapsed = (): number => performance.now() - begun;
    const load = (): Promise<Coupon> => {
      reads += 1;
      return Promise.resolve(couponOf(version));
    };
    const poll = async (): Promise<void> => {
      const own = valkeyCouponCache(valkey, systemClock, onFault);
      while (elapsed() < 2_500) {
        const least = version;
        const coupon = await shown(own, load);
        expect(coupon?.version).toBeGreaterThanOrEqual(least);
      }
    };
    const change = async (): Promise<void> => {
      while (elapsed() < 2_500) {
        const next = version + 1;
        await cache.replace(couponOf(next));
        // From now on it is answered, and no poll may show less.
        version = next;
        await systemClock.sleep(20);
      }
    };
    await Promise.all([...Array.from({ length: 20 }, poll), change()]);
    expect(version).toBeGreaterThan(10);
    expect(reads).toBeLessThanOrEqual(2 * (elapsed() / 1_000));
  });

  it('shows a change at once, without another read', async () => {
    await shown(cache, () => Promise.resolve(couponOf(1)));
    await cache.replace(couponOf(2));
    expect(await shown(cache, never)).toEqual(couponOf(2));
  });

  it('does not go back for a reader who has read the coupon before the change', async () => {
    let answer: ((coupon: Coupon) => void) | undefined;
    const slow = shown(
      cache,
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    while (answer === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    await cache.replace(couponOf(2));
    answer(couponOf(1));
    expect(await slow).toEqual(couponOf(2));
    expect(await shown(cache, never)).toEqual(couponOf(2));
  });

  it('takes a later reading of the same version: units are issued without a change', async () => {
    await cache.replace(couponOf(2));
    await valkey.del(`coupon:{${couponId}}:fresh`);
    const later = couponOf(2, 7);
    expect(await shown(cache, () => Promise.resolve(later))).toEqual(later);
    expect(await shown(cache, never)).toEqual(later);
  });

  it('shows the last reading while the database does not answer, and the next one once it does', async () => {
    await cache.replace(couponOf(2));
    await valkey.del(`coupon:{${couponId}}:fresh`);
    const away = new LedgerUnavailable('PostgreSQL: too slow');
    expect(await shown(cache, () => Promise.reject(away))).toEqual(couponOf(2));
    expect(faults).toContain('coupon cache');
    await valkey.del(`coupon:{${couponId}}:fresh`);
    const later = couponOf(2, 7);
    expect(await shown(cache, () => Promise.resolve(later))).toEqual(later);
    await valkey.del(`coupon:{${couponId}}:view`, `coupon:{${couponId}}:fresh`);
    await expect(shown(cache, () => Promise.reject(away))).rejects.toBe(away);
  });

  it('remembers that there is no such coupon', async () => {
    expect(await shown(cache, () => Promise.resolve(undefined))).toBeUndefined();
    expect(await shown(cache, never)).toBeUndefined();
  });

  it('without Valkey keeps a reading of its own, and not beyond its own change', async () => {
    const own = valkeyCouponCache(nowhere, systemClock, onFault);
    expect(await shown(own, () => Promise.resolve(couponOf(1)))).toEqual(couponOf(1));
    expect(await shown(own, never)).toEqual(couponOf(1));
    await expect(own.replace(couponOf(2))).rejects.toThrow();
    expect(await shown(own, () => Promise.resolve(couponOf(2)))).toEqual(couponOf(2));
    expect(faults).toContain('coupon cache');
  });

  it("tells the time by Valkey's clock, whatever the reader's, and not as it was read", async () => {
    const reading = { coupon: couponOf(1), readAt: 0 };
    const wrong = { ...systemClock, now: () => 0 };
    const own = valkeyCouponCache(valkey, wrong, onFault);
    const asReader = await own.read(couponId, () => Promise.resolve(reading));
    const asPoller = await own.read(couponId, () => Promise.reject(new Error('read for nothing')));
    for (const { readAt } of [asReader ?? reading, asPoller ?? reading]) {
      expect(Math.abs(readAt - Date.now())).toBeLessThan(5_000);
    }
  });

  it("without Valkey tells the time by the database's clock, and lets it go on", async () => {
    let monotonic = 1_000;
    const wrong = { ...systemClock, now: () => 0, monotonic: () => monotonic };
    const own = valkeyCouponCache(nowhere, wrong, onFault);
    const load = (): Promise<CouponReading> =>
      Promise.resolve({ coupon: couponOf(1), readAt: 5_000_000 });
    expect((await own.read(couponId, load))?.readAt).toBe(5_000_000);
    monotonic += 700;
    expect((await own.read(couponId, load))?.readAt).toBe(5_000_700);
  });
});
