/**
 * `npm run faults`: all rows of the fault matrix that have no report yet, then `docs/faults.md`.
 * `npm run faults -- 12 2b`: these rows, whether they have one or not.
 * `npm run faults -- --again`: forgets all reports first.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { readReports, reportsDir } from './bench/reports.ts';
import { ALL_VARIABLE } from './bench/row.ts';
import { allRows } from './matrix.ts';
import { writeTable } from './write-table.ts';

const args = process.argv.slice(2);
const asked = args.filter((arg) => arg !== '--again');
const unknown = asked.filter((id) => !allRows.some((row) => row.id === id));
if (unknown.length > 0) {
  console.error(`There is no row ${unknown.join(', ')}; there are ${idsOf(allRows).join(' ')}`);
  process.exit(2);
}
if (args.includes('--again')) await rm(reportsDir, { recursive: true, force: true });

const reported = await readReports();
const wanted = asked.length > 0 ? asked : idsOf(allRows).filter((id) => !reported.has(id));
const exitCode = wanted.length === 0 ? 0 : await runRows(wanted);

const reports = await readReports();
const missing = idsOf(allRows).filter((id) => !reports.has(id));
if (missing.length === 0) await writeTable(reports);
else console.error(`Not yet passed: ${missing.join(' ')}`);
process.exit(exitCode === 0 && missing.length > 0 && asked.length === 0 ? 1 : exitCode);

async function runRows(ids: readonly string[]): Promise<number> {
  const tests = spawn(
    process.execPath,
    ['test/run.ts', 'test/faults', '-t', `row (${ids.join('|')}):`],
    { stdio: 'inherit', env: { ...process.env, [ALL_VARIABLE]: '1' } },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => tests.kill(signal));
  }
  const [code] = (await once(tests, 'exit')) as [number | null];
  return code ?? 1;
}

function idsOf(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id);
}
