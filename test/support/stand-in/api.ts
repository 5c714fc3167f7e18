import { couponEndpoints } from './coupons.ts';
import { issuanceEndpoints } from './issuances.ts';
import { operationEndpoints } from './operations.ts';
import { startStandIn, type StandInServer } from './server.ts';
import { emptyState, type StandInState } from './state.ts';

export type StandIn = StandInServer & { readonly state: StandInState };

/** Stands in for the API where no stack is at hand, or where it must fail at the right moment. */
export async function startStandInApi(): Promise<StandIn> {
  const state = emptyState();
  const server = await startStandIn({
    ...couponEndpoints(state),
    ...issuanceEndpoints(state),
    ...operationEndpoints(state),
    getHealth: () => ({ status: 200, body: { status: 'ok' } }),
  });
  return { ...server, state };
}
