/**
 * `npm run fuzz`: starts a stack, and has Schemathesis try every documented call with the token of
 * each scope, against all of its checks. Ends with 0 only if they held, nothing was a 5xx, and
 * most of the calls that were meant to be right got past validation: else it tried nothing.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scope } from '../../lambdas/routes.ts';
import { Flow } from '../support/flow.ts';
import { createSamples, tokenOf } from './sample-data.ts';
import { tryOperations } from './schemathesis.ts';
import { isFault, positiveCalls, share, table } from './tried-calls.ts';

const SCOPES: readonly Scope[] = ['coupons:use', 'coupons:checkout', 'coupons:manage'];
const LEAST_SHARE = 0.9;
const LEAST_CALLS = 50;

const program = process.env['SCHEMATHESIS'] ?? 'schemathesis';
const seconds = Number(process.env['FUZZ_SECONDS'] ?? '60');
const folder = join(import.meta.dirname, '../../.local/fuzz');

const failures: string[] = [];

async function main(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const flow = await Flow.start();
  try {
    const samples = await createSamples(flow);
    const api = flow.stack.endpoints.api;
    for (const scope of SCOPES) {
      const token = await tokenOf(flow, scope);
      console.log(`\n=== ${scope}`);
      judge(scope, await tryOperations({ api, scope, token, samples, folder, program, seconds }));
    }
  } finally {
    await flow.remove();
  }
}

function judge(scope: Scope, { held, report }: Awaited<ReturnType<typeof tryOperations>>): void {
  const calls = positiveCalls(report);
  const percent = (share(calls) * 100).toFixed(1);
  console.log(`\n${percent} % of ${calls.length} calls with ${scope} got past validation:`);
  for (const line of table(calls)) console.log(`  ${line}`);
  if (!held) failures.push(`${scope}: a check did not hold`);
  if (calls.some(isFault)) failures.push(`${scope}: a call was answered with a 5xx`);
  if (calls.length < LEAST_CALLS) failures.push(`${scope}: only ${calls.length} calls`);
  if (share(calls) < LEAST_SHARE) failures.push(`${scope}: only ${percent} % got past validation`);
}

await main();
for (const failure of failures) console.error(`FAILED: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
