import type { Scope } from '../../lambdas/routes.ts';
import type { Flow } from '../support/flow.ts';
import { until } from '../support/until.ts';
import { json } from '../support/http-client.ts';

/** Who calls, with the one scope that is tried. */
const USER = 'fuzz-shopper';

/** Values that lead somewhere, by the name of the path parameter. */
export type SampleValues = Readonly<Record<string, readonly string[]>>;

const COUPONS = 3;
const QUANTITY = 1_000_000;
const PATIENCE_MS = 20_000;

/** Coupons that are open, and recorded issuances of {@link USER}. */
export async function createSamples(flow: Flow): Promise<SampleValues> {
  const couponId: string[] = [];
  const issuanceId: string[] = [];
  const token = await flow.mint.token(USER);
  for (let i = 0; i < COUPONS; i += 1) {
    const id = await flow.createCoupon({ quantity: QUANTITY });
    const claimed = await flow.shoppers.claimUntilSettled(id, USER);
    const issuance = claimed.issuance?.id;
    if (issuance === undefined) throw new Error(`no issuance: ${claimed.status ?? ''}`);
    await until('the issuance is recorded', PATIENCE_MS, async () => {
      const read = await flow.http.get(`/v1/issuances/${issuance}`, token);
      return json(read)['state'] === 'issued' ? true : undefined;
    });
    couponId.push(id);
    issuanceId.push(issuance);
  }
  return { couponId, issuanceId };
}

export function tokenOf(flow: Flow, scope: Scope): Promise<string> {
  return flow.mint.token(USER, scope);
}
