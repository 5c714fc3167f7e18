import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { untilAtRest } from '../../local/invariants/at-rest.ts';
import { median } from '../numbers.ts';
import { claimRequests, type BenchStack } from '../speed/bench-stack.ts';
import { closedLoop, expectAll } from '../speed/closed-loop/run.ts';
import { rateOf } from '../speed/figures/issue-path.ts';
import { CONNECTIONS } from '../speed/plan.ts';
import { valkeyBytes } from '../speed/figures/memory.ts';

/** What stands after so many claims of one coupon. */
export interface Stage {
  readonly claims: number;
  /** Of the last batch: claims a second, while they are recorded. */
  readonly rate: number;
  /** Of the last batch, milliseconds. */
  readonly p99: number;
  /** Claims accepted and not recorded right after it. */
  readonly lag: number;
  readonly valkeyBytesPerClaim: number;
  /** From a FLUSHALL until a claim is accepted again, seconds. */
  readonly rebuiltAfterS: number;
}

export interface Grown {
  readonly stages: readonly Stage[];
  /** Of every batch, claims a second. */
  readonly rates: readonly number[];
}

export const SLOWEST_REBUILD_S = 60;
const REST_PATIENCE_MS = 300_000;
const POLL_MS = 200;
/** At which the figures are taken. */
const STAGES = [10_000, 100_000, 1_000_000];

/** Claims one coupon, batch after batch, each by users of its own. */
export async function growCoupon(
  stack: BenchStack,
  most: number,
  batch: number,
  say: (line: string) => void,
): Promise<Grown> {
  const couponId = await stack.operator.createCoupon(2 * most);
  const empty = await valkeyBytes(stack);
  const stages: Stage[] = [];
  const rates: number[] = [];
  let claims = 0;
  while (claims < most) {
    const next = Math.min(STAGES.find((stage) => stage > claims) ?? most, most);
    const size = Math.min(batch, next - claims);
    const tokens = await stack.userTokens(size, `grow-${claims}`);
    const requests = claimRequests(couponId, tokens);
    const result = await closedLoop(stack.endpoints.api, requests, CONNECTIONS, stack.folder);
    expectAll(result, size, 202);
    claims += size;
    const lag = await stack.unrecorded([couponId]);
    await atRest(stack, couponId);
    if (size === batch) rates.push(rateOf(result));
    say(`${claims} claims: ${rateOf(result).toFixed(0)}/s, p99 ${result.p99.toFixed(0)} ms`);
    if (claims !== next) continue;
    const bytes = (await valkeyBytes(stack)) - empty;
    const rebuiltAfterS = await rebuild(stack, couponId, `rebuild-${claims}`);
    // Its user has one more.
    claims += 1;
    const rate = rateOf(result);
    const { p99 } = result;
    stages.push({ claims, rate, p99, lag, valkeyBytesPerClaim: bytes / claims, rebuiltAfterS });
    say(JSON.stringify(stages.at(-1)));
  }
  return { stages, rates };
}

async function atRest({ endpoints }: BenchStack, couponId: string): Promise<void> {
  const { kafka, topic, group, valkey } = endpoints;
  const target = { couponIds: [couponId], brokers: kafka.split(','), topic, group };
  await untilAtRest({ ...target, valkeyUrl: valkey }, REST_PATIENCE_MS);
}

/** Empties Valkey, and claims until that is accepted. Returns seconds. */
async function rebuild(stack: BenchStack, couponId: string, user: string): Promise<number> {
  const [token = ''] = await stack.userTokens(1, user);
  const valkey = new Redis(stack.endpoints.valkey, { maxRetriesPerRequest: 0 });
  const begun = performance.now();
  await valkey.flushall();
  valkey.disconnect();
  const url = `${stack.endpoints.api}/v1/coupons/${couponId}/issuances`;
  const headers = { authorization: `Bearer ${token}` };
  for (;;) {
    const { status } = await fetch(url, { method: 'POST', headers });
    if (status === 202) return (performance.now() - begun) / 1000;
    if (status !== 503) throw new Error(`while the gate is rebuilt a claim is answered ${status}`);
    await sleep(POLL_MS);
  }
}

/** At the beginning and at the end as many batches are compared; one alone says little. */
const COMPARED = 4;

/** The last batches' rate as a share of the first ones'. */
export function keptPace(rates: readonly number[]): number {
  const few = Math.min(COMPARED, Math.floor(rates.length / 2));
  return median(rates.slice(-few)) / median(rates.slice(0, few));
}
