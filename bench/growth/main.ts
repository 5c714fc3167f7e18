/**
 * `npm run growth [-- --most 1000000 --batch 50000] [--write]`: what becomes of the figures as one
 * coupon's claims grow to a million, and as claims spread over many coupons. Writes
 * reports/growth.json, and with `--write` its part of docs/capacity.md.
 * Ends with 1 if the last claims are slower than nine tenths of the first, or a full gate takes
 * longer than a minute to be rebuilt.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { errorMessage } from '../../local/error-code.ts';
import { writeJson } from '../../local/state.ts';
import { machine } from '../machine.ts';
import { BenchStack } from '../speed/bench-stack.ts';
import { writeSection } from '../write-section.ts';
import { growthSection } from './document.ts';
import { growCoupon, keptPace, SLOWEST_REBUILD_S, type Stage } from './one-coupon.ts';
import { spreadOver, type Spread } from './many-coupons.ts';

const COUPONS = [1, 10, 100];

const { values } = parseArgs({
  options: {
    most: { type: 'string', default: '1000000' },
    batch: { type: 'string', default: '50000' },
    write: { type: 'boolean', default: false },
    out: { type: 'string', default: 'reports' },
  },
});

function say(line: string): void {
  console.error(line);
}

async function main(): Promise<number> {
  const [most, batch] = [Number(values.most), Number(values.batch)];
  const date = new Date().toISOString();
  const stack = await BenchStack.start();
  let grown: { readonly stages: readonly Stage[]; readonly rates: readonly number[] };
  const spreads: Spread[] = [];
  try {
    const tokens = await stack.userTokens(batch, 'spread');
    for (const coupons of COUPONS) {
      spreads.push(await spreadOver(stack, coupons, tokens));
      say(JSON.stringify(spreads.at(-1)));
    }
    grown = await growCoupon(stack, most, batch, say);
  } finally {
    await stack.stop();
  }
  const pace = keptPace(grown.rates);
  const rebuiltInTime = grown.stages.every(
    ({ rebuiltAfterS }) => rebuiltAfterS <= SLOWEST_REBUILD_S,
  );
  const report = { date, machine: machine(), batch, ...grown, pace, spreads };
  await mkdir(values.out, { recursive: true });
  const file = join(values.out, 'growth.json');
  await writeJson(file, report);
  console.log(`the last claims came at ${(pace * 100).toFixed(0)} % of the first ones' rate`);
  console.log(file);
  if (values.write) await writeSection('docs/capacity.md', 'growth', growthSection(report));
  return pace >= 0.9 && rebuiltInTime ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(errorMessage(error));
  process.exitCode = 2;
}
