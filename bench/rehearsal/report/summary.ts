import { figure } from '../progress.ts';
import type { Rung } from '../../monitoring/rung.ts';
import type { RehearsalReport } from './report.ts';

const MOST_VIOLATIONS = 5;

/** The report for a terminal. */
export function summaryOf(report: RehearsalReport): string[] {
  const { claims, issuedAfter, redemptions, faults, rung, invariants, held } = report;
  const { latency } = claims;
  const lines = ['', 'Claims'];
  for (const [kind, count] of sorted(claims.answers))
    lines.push(`  ${figure(count).padStart(9)}  ${kind}`);
  if (latency !== undefined) {
    const { p50, p95, p99, max } = latency;
    lines.push(
      `  from the intended start: p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}, longest ${ms(max)}`,
    );
  }
  if (issuedAfter !== undefined) {
    const { p50, p99, max } = issuedAfter;
    lines.push(`  issued after: p50 ${ms(p50)}, p99 ${ms(p99)}, longest ${ms(max)}`);
  }
  if (Object.keys(redemptions).length > 0) {
    lines.push('Redemptions');
    for (const [kind, count] of sorted(redemptions))
      lines.push(`  ${figure(count).padStart(9)}  ${kind}`);
  }
  if (faults.length > 0) lines.push('Faults');
  for (const { name, atSeconds, brokenMs, recoveryMs, turnedAway } of faults) {
    lines.push(
      `  ${name} at ${atSeconds.toFixed(1)} s: broken for ${ms(brokenMs)}, recovered ${ms(recoveryMs)} later, ${figure(turnedAway)} turned away meanwhile`,
    );
  }
  if (rung !== undefined) {
    lines.push('Alarms', ...(rung.length === 0 ? ['  none would have rung'] : rung.map(rang)));
  }
  lines.push('Promises');
  for (const { name, sentence, checked, violations } of invariants) {
    const verdict = violations.length > 0 ? 'BROKEN' : checked === 0 ? 'not tried' : 'held';
    lines.push(
      `  ${name.padEnd(3)} ${verdict.padEnd(9)} ${figure(checked).padStart(9)} checked  ${sentence}`,
    );
    for (const violation of violations.slice(0, MOST_VIOLATIONS)) lines.push(`      ${violation}`);
    const more = violations.length - MOST_VIOLATIONS;
    if (more > 0) lines.push(`      and ${figure(more)} more`);
  }
  const broken = invariants.filter(({ violations }) => violations.length > 0);
  lines.push(
    '',
    held ? 'Every promise held.' : `BROKEN: ${broken.map(({ name }) => name).join(', ')}`,
  );
  return lines;
}

function rang({ id, value }: Rung): string {
  return `  ${id} would have rung${value === undefined ? '' : ` at ${value.toPrecision(3)}`}: docs/runbook.md`;
}

function sorted(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts).toSorted(([, a], [, b]) => b - a);
}

function ms(milliseconds: number): string {
  return milliseconds < 1_000
    ? `${milliseconds.toFixed(0)} ms`
    : `${(milliseconds / 1_000).toFixed(1)} s`;
}
