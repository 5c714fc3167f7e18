/**
 * `npm run mutants`: puts known bugs back, one at a time, and runs the test that must fail by each.
 *
 * Arguments: words (all bugs that have one of them in their name), `--from N`, `--why` (also what
 * the tests said), `--write` (docs/mutants.md, once all are caught). Ends with exit code 1 unless
 * every bug was caught. Works in a copy of the checkout, which is gone afterwards.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startServers } from '../../local/servers/start.ts';
import { SERVERS_VARIABLE } from '../support/servers.ts';
import { mutantsDocument } from './document.ts';
import { judgeIn, type Judgement } from './judge.ts';
import { needsServers, type Mutation } from './mutation.ts';
import { areas } from './mutations.ts';
import { scratchTree, type ScratchTree } from './scratch-tree.ts';

const CHECKOUT = resolve(import.meta.dirname, '../..');
const DOCUMENT = join(CHECKOUT, 'docs/mutants.md');

interface Numbered {
  readonly number: number;
  readonly mutation: Mutation;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: 'string', default: '1' },
    why: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const all = areas
  .flatMap(({ mutations }) => mutations)
  .map((mutation, i): Numbered => ({ number: i + 1, mutation }));
const chosen = all.filter(
  ({ number, mutation }) => number >= Number(values.from) && isAskedFor(mutation),
);

function isAskedFor({ name }: Mutation): boolean {
  const words = positionals.map((word) => word.toLowerCase());
  return words.length === 0 || words.some((word) => name.toLowerCase().includes(word));
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stopping.abort(new Error(`stopped by ${signal}`));
  });
}

/** Starts the servers once for all tests that need them. */
async function withServers<T>(
  stateDir: string,
  work: (variables: Record<string, string>) => Promise<T>,
): Promise<T> {
  if (!chosen.some(({ mutation }) => needsServers(mutation.caughtBy))) return work({});
  const servers = await startServers({
    stateDir,
    audience: 'coupon-api',
    progress: (line) => {
      console.error(line);
    },
    signal: stopping.signal,
  });
  try {
    return await work({ [SERVERS_VARIABLE]: JSON.stringify(servers.endpoints) });
  } finally {
    await servers.stop();
  }
}

/** Returns how many were caught. */
async function judgeAll(tree: ScratchTree, variables: Record<string, string>): Promise<number> {
  const judge = judgeIn(tree, variables, stopping.signal);
  let caught = 0;
  for (const { number, mutation } of chosen) {
    const begun = performance.now();
    const judgement = await judge(mutation).catch((error: unknown) => {
      if (stopping.signal.aborted) console.error(`stopped; --from ${number} goes on`);
      throw error;
    });
    const seconds = (performance.now() - begun) / 1000;
    if (judgement.verdict === 'caught') caught += 1;
    console.log(lineOf({ number, mutation }, judgement, seconds));
  }
  return caught;
}

function lineOf({ number, mutation }: Numbered, judgement: Judgement, seconds: number): string {
  const { verdict, why } = judgement;
  const time = `${seconds.toFixed(1).padStart(5)} s`;
  const line = `${String(number).padStart(3)}  ${verdict.padEnd(10)} ${time}  ${mutation.name}`;
  if (verdict === 'caught' && !values.why) return line;
  const { file, title } = mutation.caughtBy;
  return `${line}\n${`${file}: ${title}\n${why}`.replace(/^/gm, '       ')}`;
}

if (chosen.length === 0) {
  console.error('there is no such bug');
  process.exit(1);
}
const folder = await mkdtemp(join(tmpdir(), 'coupon-mutants-'));
let caught: number | undefined;
try {
  const tree = await scratchTree(CHECKOUT, join(folder, 'tree'));
  caught = await withServers(join(folder, 'state'), (variables) => judgeAll(tree, variables));
} catch (error) {
  if (!stopping.signal.aborted) throw error;
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (caught === undefined) process.exit(1);
console.log(`${caught} of ${chosen.length} caught`);
if (values.write && caught === all.length) await writeFile(DOCUMENT, mutantsDocument(areas));
process.exit(caught === chosen.length ? 0 : 1);
