import type { BenchStack } from '../bench-stack.ts';
import type { BenchRequest } from '../closed-loop/job.ts';
import { closedLoop, expectAll } from '../closed-loop/run.ts';
import type { Figure } from '../figure.ts';
import type { Plan } from '../plan.ts';
import { rateOf } from './issue-path.ts';

const ORDER = { amount: 50_000, currency: 'KRW' };

/** Orders that each redeem one of a coupon's issuances, as fast as they are answered. */
export async function redeemFigures(
  stack: BenchStack,
  couponId: string,
  { redemptions, connections }: Plan,
): Promise<Figure[]> {
  const ids = await stack.withLedger(async (ledger) => {
    const { rows } = await ledger.query<{ id: string }>(
      `SELECT id FROM issuances WHERE coupon_id = $1 AND state = 'issued' LIMIT $2`,
      [couponId, redemptions],
    );
    return rows.map(({ id }) => id);
  });
  const requests = ids.map((id, i): BenchRequest => {
    const body = JSON.stringify({ order: { id: `bench-${i}`, ...ORDER } });
    return { path: `/v1/issuances/${id}/redemptions`, token: stack.checkoutToken, body };
  });
  const result = await closedLoop(stack.endpoints.api, requests, connections, stack.folder);
  expectAll(result, redemptions, 201);
  const { p50, p99 } = result;
  return [{ name: 'redeem', value: rateOf(result), unit: 'redemptions/s', detail: { p50, p99 } }];
}
