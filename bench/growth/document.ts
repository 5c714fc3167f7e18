import { markdownTable } from '../markdown-table.ts';
import type { Spread } from './many-coupons.ts';
import type { Stage } from './one-coupon.ts';

export interface GrowthReport {
  /** RFC 3339. */
  readonly date: string;
  readonly machine: string;
  readonly batch: number;
  readonly stages: readonly Stage[];
  /** Of every batch, claims a second. */
  readonly rates: readonly number[];
  /** The last batches' rate as a share of the first ones'. */
  readonly pace: number;
  readonly spreads: readonly Spread[];
}

/** The figures for docs/capacity.md. */
export function growthSection(report: GrowthReport): string {
  const { date, machine, batch, stages, rates, pace, spreads } = report;
  const right = ['right', 'right', 'right', 'right', 'right', 'right'] as const;
  const grown = markdownTable(
    ['claims', 'claims/s', 'p99', 'not yet recorded', 'bytes a claim', 'gate rebuilt after'],
    stages.map((stage) => [
      whole(stage.claims),
      whole(stage.rate),
      `${whole(stage.p99)} ms`,
      whole(stage.lag),
      whole(stage.valkeyBytesPerClaim),
      `${stage.rebuiltAfterS.toFixed(1)} s`,
    ]),
    right,
  );
  const spread = markdownTable(
    ['coupons at once', 'claims/s', 'p99', 'not yet recorded'],
    spreads.map(({ coupons, rate, p99, lag }) => [
      whole(coupons),
      whole(rate),
      `${whole(p99)} ms`,
      whole(lag),
    ]),
    right,
  );
  return [
    `Measured by \`npm run growth\` on ${date.slice(0, 10)}: ${machine}; claims as fast as they are answered, 64 at once, while they are recorded, all on these cores.`,
    `**One coupon.** A gate rebuilt: Valkey is emptied, and a user presses until there is a 202. The last batches came at ${whole(100 * pace)} % of the first ones' rate.`,
    grown,
    `Claims a second in each batch of ${whole(batch)}, up to ${whole(stages.at(-1)?.claims ?? 0)} claims:`,
    chart(rates, batch),
    '**Many coupons**, the same claims spread over them:',
    spread,
  ]
    .map((part) => part.trim())
    .join('\n\n');
}

/** GitHub draws it. */
function chart(rates: readonly number[], batch: number): string {
  const most = Math.ceil(Math.max(...rates) / 1_000) * 1_000;
  const last = (rates.length * batch) / 1_000;
  return [
    '```mermaid',
    'xychart-beta',
    `  x-axis "thousand claims" ${batch / 1_000} --> ${last}`,
    `  y-axis "claims a second" 0 --> ${most}`,
    `  line [${rates.map((rate) => rate.toFixed(0)).join(', ')}]`,
    '```',
  ].join('\n');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
