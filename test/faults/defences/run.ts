/**
 * `npm run defences`: takes the defence of each row of the fault matrix out, in a copy of the
 * checkout, and runs the row, which must fail. Only rows that have passed (`npm run faults`) can
 * show that. Goes on with those that have no verdict yet; ids: these rows, whether they have one
 * or not; `--again` forgets all verdicts first. Ends with exit code 1 unless every row has failed.
 */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot, writeJson } from '../../../local/state.ts';
import { judgeBugsIn, type Judgement } from '../../mutants/judge.ts';
import type { NamedTest } from '../../mutants/mutation.ts';
import { scratchTree } from '../../mutants/scratch-tree.ts';
import { readReports } from '../bench/reports.ts';
import { ALL_VARIABLE, titleOf } from '../bench/row.ts';
import { areas } from '../matrix.ts';
import type { Defence } from './defence.ts';
import { defences } from './defences.ts';

const verdictsDir = join(repositoryRoot, 'reports', 'defences');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { again: { type: 'boolean', default: false } },
});
const strangers = positionals.filter((id) => !defences.some(({ row }) => row === id));
if (strangers.length > 0) {
  console.error(`There is no defence of row ${strangers.join(', ')}`);
  process.exit(2);
}
if (values.again) await rm(verdictsDir, { recursive: true, force: true });

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stopping.abort(new Error(`stopped by ${signal}`));
  });
}

const seen = await readVerdicts();
const chosen = defences.filter(({ row }) =>
  positionals.length > 0 ? positionals.includes(row) : seen.get(row)?.verdict !== 'caught',
);
const folder = await mkdtemp(join(tmpdir(), 'coupon-defences-'));
try {
  await judgeAll(chosen);
} catch (error) {
  if (!stopping.signal.aborted) throw error;
} finally {
  await rm(folder, { recursive: true, force: true });
}
const verdicts = await readVerdicts();
const missing = defences.filter(({ row }) => verdicts.get(row)?.verdict !== 'caught');
console.log(`${defences.length - missing.length} of ${defences.length} rows fail without it`);
process.exit(missing.length === 0 ? 0 : 1);

async function judgeAll(all: readonly Defence[]): Promise<void> {
  const passed = await readReports();
  const tree = await scratchTree(repositoryRoot, join(folder, 'tree'));
  const judge = judgeBugsIn(tree, { [ALL_VARIABLE]: '1' }, stopping.signal);
  for (const { row, bug } of all) {
    const begun = performance.now();
    const judgement: Judgement = passed.has(row)
      ? await judge(bug, testOf(row))
      : { verdict: 'NOT JUDGED', why: `npm run faults -- ${row} has to pass first` };
    await mkdir(verdictsDir, { recursive: true });
    await writeJson(join(verdictsDir, `${row}.json`), judgement);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1).padStart(5);
    console.log(`${row.padEnd(3)}  ${judgement.verdict.padEnd(10)} ${seconds} s  ${bug.name}`);
    console.log(judgement.why.replace(/^/gm, '       '));
  }
}

function testOf(id: string): NamedTest {
  for (const [area, rows] of Object.entries(areas)) {
    const row = rows.find((each) => each.id === id);
    if (row !== undefined) return { file: `test/faults/${area}.test.ts`, title: titleOf(row) };
  }
  throw new Error(`there is no row ${id}`);
}

async function readVerdicts(): Promise<Map<string, Judgement>> {
  const files = (await readdir(verdictsDir).catch(() => [])).filter((file) =>
    file.endsWith('.json'),
  );
  const read = files.map(async (file): Promise<[string, Judgement]> => {
    const text = await readFile(join(verdictsDir, file), 'utf8');
    return [file.slice(0, -'.json'.length), JSON.parse(text) as Judgement];
  });
  return new Map(await Promise.all(read));
}
