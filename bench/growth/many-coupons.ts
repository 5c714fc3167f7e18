import type { BenchStack } from '../speed/bench-stack.ts';
import { claimRequests } from '../speed/bench-stack.ts';
import { closedLoop, expectAll } from '../speed/closed-loop/run.ts';
import { CONNECTIONS } from '../speed/plan.ts';
import { rateOf } from '../speed/figures/issue-path.ts';

/** The same claims, spread over so many coupons. */
export interface Spread {
  readonly coupons: number;
  readonly rate: number;
  /** Milliseconds. */
  readonly p99: number;
  /** Claims accepted and not recorded right after them. */
  readonly lag: number;
}

export async function spreadOver(
  stack: BenchStack,
  coupons: number,
  tokens: readonly string[],
): Promise<Spread> {
  const ids: string[] = [];
  while (ids.length < coupons) ids.push(await stack.operator.createCoupon(tokens.length));
  const requests = tokens.flatMap((token, i) => [
    ...claimRequests(ids[i % coupons] ?? '', [token]),
  ]);
  const result = await closedLoop(stack.endpoints.api, requests, CONNECTIONS, stack.folder);
  expectAll(result, tokens.length, 202);
  const lag = await stack.unrecorded(ids);
  return { coupons, rate: rateOf(result), p99: result.p99, lag };
}
