import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJson } from '../../local/state.ts';
import { machine } from '../machine.ts';
import { writeSection } from '../write-section.ts';
import { markdownTable } from '../markdown-table.ts';
import { holds, type Figure } from './figure.ts';

export interface BenchReport {
  /** When it began, RFC 3339. */
  readonly date: string;
  readonly machine: string;
  /** Of the servers. */
  readonly versions: Readonly<Record<string, string>>;
  /** False: a run that shows that the bench works, and whose figures tell nothing. */
  readonly isFull: boolean;
  /** Whether each figure reaches its bar. */
  readonly held: boolean;
  readonly figures: readonly Figure[];
}

export function reportOf(
  begunAt: number,
  versions: Readonly<Record<string, string>>,
  isFull: boolean,
  figures: readonly Figure[],
): BenchReport {
  return {
    date: new Date(begunAt).toISOString(),
    machine: machine(),
    versions,
    isFull,
    held: figures.every(holds),
    figures,
  };
}

/** Returns the file. */
export async function writeReport(report: BenchReport, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'bench.json');
  await writeJson(file, report);
  return file;
}

/** All figures into docs/speed.md, those that have a bar and no bundle's into the README. */
export async function writeTables(report: BenchReport): Promise<void> {
  const { date, machine: where, versions, figures } = report;
  const servers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const when = `Measured on ${date.slice(0, 10)}: ${where}; ${servers.join(', ')}.`;
  await writeSection('docs/speed.md', 'bench', `${when}\n\n${tableOf(report)}`);
  const short = figures.filter(
    ({ name, bar }) => name === 'issue path' || (bar !== undefined && !/bundle|cold/.test(name)),
  );
  await writeSection('README.md', 'bench', `${when}\n\n${tableOf({ figures: short })}`);
}

/** The figures as a table of Markdown. */
export function tableOf({ figures }: Pick<BenchReport, 'figures'>): string {
  const rows = figures.map((figure) => [figure.name, textOf(figure), barOf(figure)]);
  return markdownTable(['figure', 'median', 'bar'], rows, ['left', 'right']);
}

function textOf({ value, unit }: Figure): string {
  return `${rounded(value)}${unit === '' ? '' : ` ${unit}`}`;
}

/** Three digits say all that there is to say. */
function rounded(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return Number(value.toFixed(Math.min(digits, 3))).toLocaleString('en-US', {
    maximumFractionDigits: 3,
  });
}

function barOf(figure: Figure): string {
  const { bar } = figure;
  if (bar === undefined) return '';
  const verdict = holds(figure) ? '' : ' **missed**';
  const [sign, limit] = 'atLeast' in bar ? ['≥', bar.atLeast] : ['≤', bar.atMost];
  return `${sign} ${limit.toLocaleString('en-US')}${verdict}`;
}
