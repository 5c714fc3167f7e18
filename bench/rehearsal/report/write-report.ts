import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pageOf } from './page.ts';
import type { RehearsalReport } from './report.ts';

/** Writes the report as JSON, and as one page that needs nothing else. Returns the files. */
export async function writeReport(report: RehearsalReport, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const json = join(folder, 'rehearsal.json');
  const html = join(folder, 'rehearsal.html');
  await writeFile(json, `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFile(html, pageOf(report, await readAssets()));
  return [json, html];
}

/** What the page brings along, so that it opens offline and in ten years. */
async function readAssets() {
  const uplot = createRequire(import.meta.url).resolve('uplot/dist/uPlot.iife.min.js');
  const [plot, plotStyle, style, charts] = await Promise.all([
    readFile(uplot, 'utf8'),
    readFile(join(uplot, '..', 'uPlot.min.css'), 'utf8'),
    readFile(join(import.meta.dirname, 'page.css'), 'utf8'),
    readFile(join(import.meta.dirname, 'charts.js'), 'utf8'),
  ]);
  return { styles: [plotStyle, style], scripts: [plot, charts] };
}
