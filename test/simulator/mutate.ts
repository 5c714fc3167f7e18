/**
 * `npm run simulate:mutations`: puts each naive bug into a copy of the product and counts the seeds
 * until the simulator meets it. Ends with 0 only if it meets them all. Arguments: part of a name.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutation } from './mutation.ts';
import { MUTATIONS_OF_CLAIMS } from './mutations-of-claims.ts';
import { MUTATIONS_OF_GATES } from './mutations-of-gates.ts';

const MOST_SEEDS = 20_000;
const ROOT = join(import.meta.dirname, '../..');
const COPY = join(ROOT, '.local/mutated');
const COPIED = ['lambdas', 'local/invariants', 'test/fakes', 'test/support', 'test/simulator'];

function mutate({ name, edits }: Mutation): void {
  rmSync(COPY, { recursive: true, force: true });
  mkdirSync(COPY, { recursive: true });
  for (const folder of COPIED) cpSync(join(ROOT, folder), join(COPY, folder), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(COPY, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(COPY, 'node_modules'));
  for (const { file, find, replace } of edits) {
    const path = join(COPY, file);
    const before = readFileSync(path, 'utf8');
    if (!before.includes(find)) throw new Error(`${name}: ${file} does not have: ${find}`);
    writeFileSync(
      path,
      before.replace(find, () => replace),
    );
  }
}

function firstBroken(): string {
  const args = ['--until-broken', '--workers', '1', '--seeds', String(MOST_SEEDS)];
  const script = join(COPY, 'test/simulator/simulate.ts');
  const { stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  return stdout === '' ? stderr : stdout;
}

const wanted = process.argv[2] ?? '';
for (const mutation of [...MUTATIONS_OF_CLAIMS, ...MUTATIONS_OF_GATES].filter(({ name }) =>
  name.includes(wanted),
)) {
  mutate(mutation);
  const told = firstBroken();
  writeFileSync(join(COPY, 'told.txt'), told);
  const seeds = /^Broken by seeds (\d+)/m.exec(told)?.[1];
  const first = /BROKEN: (.*)/.exec(told)?.[1] ?? told.slice(-500);
  if (seeds === undefined) process.exitCode = 1;
  console.log(`${seeds === undefined ? 'NOT MET' : `seed ${seeds}`}: ${mutation.name} (${first})`);
  if (wanted !== '') console.log(told);
}
rmSync(COPY, { recursive: true, force: true });
