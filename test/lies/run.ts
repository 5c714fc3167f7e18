/**
 * `npm run lies`: rehearses with each of the bugs that answer well and break a promise. Ends with
 * exit code 1 unless each rehearsal ended with 1 and named the promise.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../../local/state.ts';
import { scratchTree } from '../mutants/scratch-tree.ts';
import { lies } from './lies.ts';
import { rehearseLie } from './rehearse-lie.ts';

const folder = await mkdtemp(join(tmpdir(), 'coupon-lies-'));
let caught = 0;
try {
  const tree = await scratchTree(repositoryRoot, join(folder, 'tree'));
  for (const lie of lies) {
    const { exitCode, broken, output } = await rehearseLie(tree, lie);
    const isCaught = exitCode === 1 && broken.includes(lie.breaks);
    if (isCaught) caught += 1;
    else console.log(output);
    const verdict = isCaught ? 'caught' : 'SURVIVED';
    console.log(`${verdict.padEnd(9)} ${lie.bug.name}: broken are ${broken.join(', ') || 'none'}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(`${caught} of ${lies.length} caught`);
process.exit(caught === lies.length ? 0 : 1);
