import type { Redis } from 'ioredis';
import type { Coupon } from '../../domain/coupon.ts';
import type { Clock } from '../../domain/deadline.ts';
import type { CouponCache } from '../../domain/ports.ts';
import { KEEP_VIEW } from './coupon-view-script.ts';

/** For this long one reading serves all pollers; then one of them reads anew. Milliseconds. */
const FRESH_MS = 1_000;
/** Served while the reading is renewed, and if the reader dies over it. Milliseconds. */
const STALE_MS = 10_000;
const WAIT_FOR_READER_MS = 25;
const MAX_WAITS = 20;
const MAX_LOCAL = 1_000;

/**
 * Coupons in Valkey for all processes together: whoever finds the reading old, and is the first
 * to say so, reads the database; the others get the old one meanwhile. Without Valkey each
 * process keeps its own reading.
 */
export function valkeyCouponCache(
  client: Redis,
  clock: Clock,
  onFault: (what: string, error: unknown) => void,
): CouponCache {
  const local = new Map<string, { reading: Promise<Coupon | undefined>; until: number }>();

  const keep = async (couponId: string, coupon: Coupon | undefined): Promise<string> => {
    const version = String(coupon?.version ?? 0);
    const [viewKey] = keysOf(couponId);
    return String(
      await client.eval(KEEP_VIEW, 1, viewKey, version, toView(coupon), String(STALE_MS)),
    );
  };

  const throughValkey: CouponCache['read'] = async (couponId, load) => {
    const [viewKey, freshKey] = keysOf(couponId);
    for (let waits = 0; ; waits += 1) {
      const replies = await client
        .pipeline()
        .get(viewKey)
        .set(freshKey, '1', 'PX', FRESH_MS, 'NX')
        .pttl(freshKey)
        .exec();
      const view = valueOf(replies?.[0]);
      // Valkey's clock was set back: the reading would pass for new for as long as that.
      const outlived = Number(replies?.[2]?.[1] ?? 0) > FRESH_MS;
      if (outlived) await client.set(freshKey, '1', 'PX', FRESH_MS);
      const isReader = outlived || valueOf(replies?.[1]) === 'OK';
      if (!isReader && view !== undefined) return fromView(view);
      if (isReader || waits === MAX_WAITS) {
        return fromView(await keep(couponId, await load()));
      }
      await clock.sleep(WAIT_FOR_READER_MS);
    }
  };

  const throughProcess: CouponCache['read'] = (couponId, load) => {
    const now = clock.monotonic();
    const known = local.get(couponId);
    if (known && known.until > now) return known.reading;
    if (local.size >= MAX_LOCAL) local.clear();
    const reading = load();
    local.set(couponId, { reading, until: now + FRESH_MS });
    reading.catch(() => local.delete(couponId));
    return reading;
  };

  return {
    async read(couponId, load) {
      let loaded: Promise<Coupon | undefined> | undefined;
      try {
        return await throughValkey(couponId, () => (loaded ??= load()));
      } catch (error) {
        // The database's own failure is the caller's to hear.
        if (loaded) return loaded;
        onFault('coupon cache', error);
        return throughProcess(couponId, load);
      }
    },

    async replace(coupon) {
      local.delete(coupon.id);
      await keep(coupon.id, coupon);
    },
  };
}

/** @throws the command's own error */
function valueOf(reply: [Error | null, unknown] | undefined): string | undefined {
  if (reply === undefined) throw new Error('no reply');
  const [error, value] = reply;
  if (error) throw error;
  return typeof value === 'string' ? value : undefined;
}

function keysOf(couponId: string): [view: string, fresh: string] {
  return [`coupon:{${couponId}}:view`, `coupon:{${couponId}}:fresh`];
}

/**
 * The version, for the script to compare, and the coupon. One that does not exist is kept too:
 * polls for it must not reach the database either.
 */
function toView(coupon: Coupon | undefined): string {
  return `${coupon?.version ?? 0}${JSON.stringify(coupon ?? null)}`;
}

function fromView(view: string): Coupon | undefined {
  return (JSON.parse(view.replace(/^\d+/, '')) as Coupon | null) ?? undefined;
}
