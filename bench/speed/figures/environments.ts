import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchStack, claimRequests } from '../bench-stack.ts';
import { closedLoop } from '../closed-loop/run.ts';
import type { Figure } from '../figure.ts';
import type { Plan } from '../plan.ts';
import { rateOf } from './issue-path.ts';

/**
 * The issue path as Lambda runs it: each process handles one request at a time and is frozen
 * between them.
 */
export async function environmentFigures(environments: number, plan: Plan): Promise<Figure[]> {
  const stack = await BenchStack.start(environments);
  try {
    const tokens = await stack.userTokens(plan.environmentClaims + plan.warmUp);
    const run = async (of: readonly string[]) => {
      const couponId = await stack.operator.createCoupon(of.length);
      // More requests than processes wait in line, as they would be throttled on AWS.
      const connections = Math.min(plan.connections, environments);
      const requests = claimRequests(couponId, of);
      return closedLoop(stack.endpoints.api, requests, connections, stack.folder);
    };
    // Every process starts with its first request.
    await run(tokens.slice(0, plan.warmUp));
    const before = await processorMs(stack);
    const result = await run(tokens.slice(plan.warmUp));
    const used = (await processorMs(stack)) - before;
    const { p50, p99, statuses, requests } = result;
    const name = `one request an environment, ${environments} of them`;
    return [
      { name, value: rateOf(result), unit: 'claims/s', detail: { p50, p99, statuses } },
      { name: `${name}: processor time`, value: used / requests, unit: 'ms/claim' },
    ];
  } finally {
    await stack.stop();
  }
}

/** A tick of Linux' process times. */
const TICK_MS = 10;
/** Fields of /proc/PID/stat after the name: user and system time in ticks. */
const [USER_TICKS, SYSTEM_TICKS] = [11, 12];

/** What the environments of the issue function have used so far. */
async function processorMs({ endpoints: { pids } }: BenchStack): Promise<number> {
  const files = (await readdir(pids)).filter((file) => file.startsWith('environment-issue-'));
  const times = files.map(async (file) => {
    const pid = (await readFile(join(pids, file), 'utf8')).trim();
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * TICK_MS;
  });
  return (await Promise.all(times)).reduce((sum, ms) => sum + ms, 0);
}
