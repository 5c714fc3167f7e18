import type { Scope } from '../../lambdas/routes.ts';
import type { Flow } from '../support/flow.ts';
import { until } from '../support/until.ts';
import { json } from '../support/http-client.ts';

/** Who calls, with the one scope that is tried. */
export const USER = 'fuzz-shopper';

export interface Samples {
  /** Values that lead somewhere, by the name of the path parameter. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly codes: readonly string[];
}

const COUPONS = 3;
const QUANTITY = 1_000_000;
const PATIENCE_MS = 20_000;

/** Coupons that are open, and recorded issuances of {@link USER}. */
export async function createSamples(flow: Flow): Promise<Samples> {
  const couponId: string[] = [];
  const issuanceId: string[] = [];
  const codes: string[] = [];
  const token = await flow.mint.token(USER);
  for (let i = 0; i < COUPONS; i += 1) {
    const id = await flow.createCoupon({ quantity: QUANTITY });
    const claimed = await flow.shoppers.claimUntilSettled(id, USER);
    const issuance = claimed.issuance?.id;
    if (issuance === undefined) throw new Error(`no issuance: ${claimed.status ?? ''}`);
    const recorded = await until('the issuance is recorded', PATIENCE_MS, async () => {
      const read = json(await flow.http.get(`/v1/issuances/${issuance}`, token));
      return read['state'] === 'issued' ? read : undefined;
    });
    couponId.push(id);
    issuanceId.push(issuance);
    codes.push(String(recorded['code']));
  }
  return { parameters: { couponId, issuanceId }, codes };
}

export function tokenOf(flow: Flow, scope: Scope): Promise<string> {
  return flow.mint.token(USER, scope);
}
