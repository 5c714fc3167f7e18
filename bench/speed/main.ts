/**
 * `npm run bench [-- --smoke | --write]`: how fast, and how close to the floor. Ends with 1 if a
 * figure misses its bar. With `--smoke` everything is run, shortly, and no figure is judged; with
 * `--write` the tables of the documents are written.
 */
import { parseArgs } from 'node:util';
import { errorMessage } from '../../local/error-code.ts';
import { median } from '../numbers.ts';
import { BenchStack } from './bench-stack.ts';
import type { Figure } from './figure.ts';
import { bundleFigures } from './figures/cold-start.ts';
import { environmentFigures } from './figures/environments.ts';
import { IssuePath, issuePathFigures, rateOf } from './figures/issue-path.ts';
import { measuringFigures } from './figures/measuring.ts';
import { memoryFigures } from './figures/memory.ts';
import { openLoopFigures, openLoopRuns } from './figures/open-loop.ts';
import { recordFigures } from './figures/record.ts';
import { redeemFigures } from './figures/redeem.ts';
import { startFloor } from './floor/floor.ts';
import { FULL, SMOKE, type Plan } from './plan.ts';
import { reportOf, tableOf, writeReport, writeTables } from './report.ts';
import { versionsOf } from './versions.ts';

const { values } = parseArgs({
  options: {
    smoke: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    out: { type: 'string', default: 'reports' },
  },
});

/** All that is measured at one stack whose functions share its process. */
async function sharedStackFigures(stack: BenchStack, plan: Plan): Promise<Figure[]> {
  say(`Signing ${plan.claims} tokens`);
  const tokens = await stack.userTokens(plan.claims);
  const floor = await startFloor(stack.endpoints);
  try {
    const path = new IssuePath(stack, floor, tokens, plan);
    say('Issue path and floor, in turn');
    const rounds = await path.rounds();
    const issueRate = median(rounds.map(({ path: rate }) => rate));
    const bytes = rounds.reduce((sum, { valkeyBytes }) => sum + valkeyBytes, 0);
    const memory = await memoryFigures(stack, bytes, plan.claims * plan.rounds);
    say('Recording what was issued');
    const record = await recordFigures(stack, path.couponIds, issueRate);
    say('Redeeming');
    const redeem = await redeemFigures(stack, path.couponIds.at(-1) ?? '', plan);
    const runs = await openLoopRuns(stack, plan.openLoop, async () =>
      rateOf(await path.runFloor(plan.claims)),
    );
    const openLoop = openLoopFigures(runs, plan.openLoop);
    say('Bundles and their cold starts');
    const starters = tokens.slice(0, plan.coldStarts);
    const forStarters = await stack.operator.createCoupon(plan.coldStarts);
    const bundles = await bundleFigures(stack, forStarters, starters);
    return [...issuePathFigures(rounds), ...openLoop, ...record, ...redeem, ...memory, ...bundles];
  } finally {
    await floor.stop();
  }
}

function say(line: string): void {
  console.error(line);
}

async function main(): Promise<number> {
  const plan = values.smoke ? SMOKE : FULL;
  const begunAt = Date.now();
  const stack = await BenchStack.start();
  const figures: Figure[] = [];
  let versions: Readonly<Record<string, string>>;
  try {
    versions = await versionsOf(stack);
    figures.push(...(await sharedStackFigures(stack, plan)));
  } finally {
    await stack.stop();
  }
  for (const environments of plan.environments) {
    say(`One request an environment, ${environments} of them`);
    figures.push(...(await environmentFigures(environments, plan)));
  }
  say('What measuring costs');
  figures.push(...(await measuringFigures(plan.claims)));
  const report = reportOf(begunAt, versions, !values.smoke, figures);
  console.log(tableOf(report));
  console.log(await writeReport(report, values.out));
  if (values.write) await writeTables(report);
  return report.held || values.smoke ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(errorMessage(error));
  process.exitCode = 2;
}
