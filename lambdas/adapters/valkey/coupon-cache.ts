import type { Coupon } from '../../domain/coupon.ts';
import type { Clock } from '../../domain/deadline.ts';
import type { CouponCache, CouponReading } from '../../domain/ports.ts';
import { KEEP_VIEW } from './coupon-view-script.ts';
import { clientFor, type Valkey } from './valkey.ts';

/** For this long one reading serves all pollers; then one of them reads anew. Milliseconds. */
const FRESH_MS = 1_000;
/** Served while the reading is renewed, and if the reader fails or dies over it. Milliseconds. */
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
  valkey: Valkey,
  clock: Clock,
  onFault: (what: string, error: unknown) => void,
): CouponCache {
  const local = new Map<string, { reading: ReturnType<CouponCache['read']>; begun: number }>();

  const keep = async (couponId: string, coupon: Coupon | undefined): Promise<string> => {
    const version = String(coupon?.version ?? 0);
    const [viewKey] = keysOf(couponId);
    const client = clientFor(valkey, viewKey);
    return String(
      await client.eval(KEEP_VIEW, 1, viewKey, version, toView(coupon), String(STALE_MS)),
    );
  };

  const throughValkey: CouponCache['read'] = async (couponId, load) => {
    const [viewKey, freshKey] = keysOf(couponId);
    const client = clientFor(valkey, viewKey);
    for (let waits = 0; ; waits += 1) {
      const replies = await client
        .pipeline()
        .get(viewKey)
        .set(freshKey, '1', 'PX', FRESH_MS, 'NX')
        .pttl(freshKey)
        .time()
        .exec();
      const view = textOf(replies?.[0]);
      // Valkey's clock was set back: the reading would pass for new for as long as that.
      const outlived = Number(replies?.[2]?.[1] ?? 0) > FRESH_MS;
      if (outlived) await client.set(freshKey, '1', 'PX', FRESH_MS);
      const isReader = outlived || textOf(replies?.[1]) === 'OK';
      const now = timeOf(replies?.[3]);
      if (!isReader && view !== undefined) return asReading(fromView(view), now);
      if (isReader || waits === MAX_WAITS) {
        let loaded: CouponReading | undefined;
        try {
          loaded = await load();
        } catch (error) {
          // Whoever only looks on need not hear of it: the next reader tries anew.
          if (view === undefined) throw error;
          onFault('coupon cache', error);
          return asReading(fromView(view), now);
        }
        return asReading(fromView(await keep(couponId, loaded?.coupon)), now);
      }
      await clock.sleep(WAIT_FOR_READER_MS);
    }
  };

  const throughProcess: CouponCache['read'] = async (couponId, load) => {
    const now = clock.monotonic();
    let known = local.get(couponId);
    if (known === undefined || now >= known.begun + FRESH_MS) {
      if (local.size >= MAX_LOCAL) local.clear();
      known = { reading: load(), begun: now };
      local.set(couponId, known);
      known.reading.catch(() => local.delete(couponId));
    }
    const reading = await known.reading;
    return reading && asReading(reading.coupon, reading.readAt + (now - known.begun));
  };

  return {
    async read(couponId, load) {
      let loaded: ReturnType<typeof load> | undefined;
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

type PipelineReply = readonly [Error | null, unknown] | undefined;

/** @throws the command's own error */
function valueOf(reply: PipelineReply): unknown {
  if (reply === undefined) throw new Error('no reply');
  const [error, value] = reply;
  if (error) throw error;
  return value;
}

function textOf(reply: PipelineReply): string | undefined {
  const value = valueOf(reply);
  return typeof value === 'string' ? value : undefined;
}

/** `TIME` gives seconds and microseconds. */
function timeOf(reply: PipelineReply): number {
  const [seconds = '0', microseconds = '0'] = valueOf(reply) as string[];
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
}

function asReading(coupon: Coupon | undefined, readAt: number): CouponReading | undefined {
  return coupon && { coupon, readAt };
}

function keysOf(couponId: string): [view: string, fresh: string] {
  return [`coupon:{${couponId}}:view`, `coupon:{${couponId}}:fresh`];
}

/**
 * The version, for the script to compare, and the coupon. One that does not exist is kept too:
 * polls for it must not reach the database either.
 */
function toView(coupon: Coupon | undefined): string {
  return `${coupon?.version ?? 0}${JSON.stringify(coupon === undefined ? null : small(coupon))}`;
}

/** Of the words of notifications, which may be long, only that there are some. */
function small(coupon: Coupon): Coupon {
  const { notifications } = coupon;
  if (notifications?.templates === undefined) return coupon;
  return { ...coupon, notifications: { ...notifications, templates: {} } };
}

function fromView(view: string): Coupon | undefined {
  return (JSON.parse(view.replace(/^\d+/, '')) as Coupon | null) ?? undefined;
}
