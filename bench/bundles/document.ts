import { markdownTable } from '../markdown-table.ts';
import { contentsOf, type DeployedBundle } from './bundles.ts';

/** Smaller ones are a line together. */
const LEAST_BYTES = 1_000;

/** What is in each bundle: the text of docs/bundles.md. */
export async function bundlesDocument(bundles: readonly DeployedBundle[]): Promise<string> {
  const lines = [
    '# What is in each bundle',
    '',
    'Written by `npm run bundles`: the packages in the code that `cdk deploy` uploads for each function, in kilobytes of the minified bundle. All that is in it has to be read and compiled by each cold start of a spike, so a package that comes in, or grows, is looked at here first. A bundle has at most 800 KB (`test/infra/bundles.test.ts`).',
    '',
  ];
  for (const bundle of bundles) {
    const rows: (readonly string[])[] = [];
    const contents = [...(await contentsOf(bundle))].filter(([name]) => name !== '');
    const large = contents.filter(([, bytes]) => bytes >= LEAST_BYTES);
    const small = contents.filter(([, bytes]) => bytes < LEAST_BYTES && bytes > 0);
    for (const [name, bytes] of large.toSorted(([, a], [, b]) => b - a)) {
      rows.push([name, kilobytes(bytes)]);
    }
    const names = small.map(([name]) => name).toSorted();
    if (names.length > 0) {
      const bytes = small.reduce((sum, [, each]) => sum + each, 0);
      rows.push([names.join(', '), kilobytes(bytes)]);
    }
    lines.push(`## ${bundle.name}`, '', markdownTable(['package', 'KB'], rows, ['left', 'right']));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}
