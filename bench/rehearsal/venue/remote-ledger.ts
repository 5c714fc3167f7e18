import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { CouponFact, RowFact } from '../../../local/invariants/facts.ts';

const statsSchema = z.object({
  quantity: z.number(),
  lag: z.object({ unrecorded: z.number(), pending: z.number() }).nullable(),
});
const couponSchema = z.object({
  issued: z.number(),
  issueStartsAt: z.iso.datetime(),
  issueEndsAt: z.iso.datetime(),
});
const pageSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      userId: z.string().nullable(),
      state: z.string(),
      sequence: z.number(),
      acceptedAt: z.iso.datetime(),
    }),
  ),
  nextCursor: z.string().nullable(),
});

const REST_PATIENCE_MS = 60_000;
const POLL_MS = 1_000;
const PAGE = 5_000;

/**
 * The rows of a coupon as the public API exports them, once nothing is under way any more.
 *
 * @throws Error when the system does not come to rest within a minute
 */
export async function readRemoteLedger(
  api: string,
  token: string,
  couponId: string,
): Promise<{ readonly coupon: CouponFact; readonly rows: readonly RowFact[] }> {
  const read = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => {
    const response = await fetch(`${api}/v1/coupons/${couponId}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
    return schema.parse(await response.json());
  };
  const deadline = Date.now() + REST_PATIENCE_MS;
  let stats = await read('/stats', statsSchema);
  while (stats.lag === null || stats.lag.unrecorded > 0 || stats.lag.pending > 0) {
    if (Date.now() > deadline) throw new Error('the event does not come to rest');
    await sleep(POLL_MS);
    stats = await read('/stats', statsSchema);
  }
  const rows: RowFact[] = [];
  for (let cursor = ''; ;) {
    const page = await read(`/issuances?limit=${PAGE}${cursor}`, pageSchema);
    for (const item of page.items) {
      rows.push({
        ...item,
        couponId,
        userKey: item.userId ?? item.id,
        epoch: 0,
        acceptedAt: Date.parse(item.acceptedAt),
      });
    }
    if (page.nextCursor === null) break;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
  const { issued, issueStartsAt, issueEndsAt } = await read('', couponSchema);
  const window = { startsAt: Date.parse(issueStartsAt), endsAt: Date.parse(issueEndsAt) };
  const { quantity } = stats;
  return {
    coupon: { id: couponId, quantity, issued, perUserLimit: 1, version: 1, ...window },
    rows,
  };
}
