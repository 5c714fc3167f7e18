import { figure } from '../progress.ts';
import type { Latency } from './figures.ts';
import type { RehearsalReport } from './report.ts';

export interface PageAssets {
  readonly styles: readonly string[];
  /** The library, then what draws with it. */
  readonly scripts: readonly string[];
}

/** The report as one page of HTML: plots, what became of each promise, what broke. */
export function pageOf(report: RehearsalReport, { styles, scripts }: PageAssets): string {
  const { options, claims, issuedAfter, held, invariants } = report;
  const { crowd, quantity } = options;
  const broken = invariants.filter(({ violations }) => violations.length > 0);
  const verdict = held
    ? 'Every promise held'
    : `Broken: ${broken.map(({ name }) => name).join(', ')}`;
  const { latency } = claims;
  const p99 = (spread: Latency | undefined): string =>
    spread === undefined ? '–' : `${figure(Math.round(spread.p99))} ms`;
  const facts = [
    ['presses a second', figure(crowd.rate)],
    ['for', `${figure(crowd.seconds)} s`],
    ['users', figure(crowd.users)],
    ['units', figure(quantity)],
    ['claims answered', figure(total(claims.answers))],
    ['p99', p99(latency)],
    ['issued after, p99', p99(issuedAfter)],
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rehearsal: ${verdict}</title>
${styles.map((style) => `<style>${style}</style>`).join('\n')}
<header class="${held ? 'held' : 'broken'}">
<h1>${verdict}</h1>
<p>Rehearsal of ${text(report.date.slice(0, 16).replace('T', ' '))} UTC, coupon <code>${text(report.couponId)}</code></p>
</header>
<main>
<dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>
<section class="plots">
<figure><figcaption>Answers a second, by kind, when they were due</figcaption><div id="answers"></div></figure>
<figure><figcaption>Milliseconds from the intended start to the answer</figcaption><div id="latency"></div></figure>
<figure><figcaption>Units left at the gate</figcaption><div id="units"></div></figure>
<figure><figcaption>Accepted and not yet a row</figcaption><div id="lag"></div></figure>
</section>
<section><h2>Promises</h2>
${table(
  ['', 'promise', 'verdict', 'checked'],
  invariants.map(({ name, sentence, checked, violations }) => [
    name,
    [
      text(sentence),
      ...violations.slice(0, 20).map((each) => `<br><code>${text(each)}</code>`),
    ].join(''),
    verdictOf(checked, violations.length),
    figure(checked),
  ]),
)}</section>
${faultsOf(report)}
${alarmsOf(report)}
<section class="counts"><div><h2>Claims</h2>${counts(claims.answers)}</div><div><h2>Redemptions</h2>${counts(report.redemptions)}</div></section>
</main>
<footer>${text(report.machine)}</footer>
<script>const report = ${JSON.stringify(report).replaceAll('<', '\\u003c')};</script>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</html>
`;
}

function verdictOf(checked: number, violations: number): string {
  if (violations > 0) return `<b class="bad">broken ${figure(violations)} times</b>`;
  return checked === 0 ? 'not tried' : '<b class="good">held</b>';
}

function faultsOf({ faults }: RehearsalReport): string {
  if (faults.length === 0) return '';
  const rows = faults.map(({ name, atSeconds, brokenMs, recoveryMs, turnedAway }) => [
    text(name),
    `${atSeconds.toFixed(1)} s`,
    `${(brokenMs / 1000).toFixed(1)} s`,
    `${(recoveryMs / 1000).toFixed(1)} s`,
    figure(turnedAway),
  ]);
  const head = ['fault', 'at', 'broken for', 'recovered after', 'claims turned away'];
  return `<section><h2>Faults</h2>${table(head, rows)}</section>`;
}

function alarmsOf({ rung }: RehearsalReport): string {
  if (rung === undefined) return '';
  if (rung.length === 0) return '<section><h2>Alarms</h2><p>None would have rung.</p></section>';
  const rows = rung.map(({ id, atMs, value }) => [
    text(id),
    `${figure(atMs / 1000)} s`,
    value === undefined ? 'nothing' : text(value.toPrecision(3)),
  ]);
  const head = ['alarm', 'after', 'saw'];
  return `<section><h2>Alarms</h2>${table(head, rows)}</section>`;
}

function counts(answers: Readonly<Record<string, number>>): string {
  const rows = Object.entries(answers)
    .toSorted(([, a], [, b]) => b - a)
    .map(([kind, count]) => [text(kind), figure(count)]);
  return table(['answer', 'times'], rows);
}

/** Cells are HTML. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: string): string =>
    `<tr>${row.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table>${cells(head, 'th')}${rows.map((row) => cells(row, 'td')).join('')}</table>`;
}

function total(answers: Readonly<Record<string, number>>): number {
  return Object.values(answers).reduce((sum, count) => sum + count, 0);
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
