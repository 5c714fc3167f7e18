import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot, writeJson } from '../../../local/state.ts';
import type { RowReport } from './row.ts';

/** One file a row: `npm run faults` goes on with the rows that have none. */
export const reportsDir = join(repositoryRoot, 'reports', 'faults');

export async function keepReport(report: RowReport): Promise<void> {
  await mkdir(reportsDir, { recursive: true });
  await writeJson(join(reportsDir, `${report.id}.json`), report);
}

/** The reports of all rows that passed, by the row's id. */
export async function readReports(): Promise<Map<string, RowReport>> {
  const files = await readdir(reportsDir).catch(() => []);
  const reports = files
    .filter((file) => file.endsWith('.json'))
    .map(async (file) => JSON.parse(await readFile(join(reportsDir, file), 'utf8')) as RowReport);
  return new Map((await Promise.all(reports)).map((report) => [report.id, report]));
}
