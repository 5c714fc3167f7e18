/**
 * `npm run mutants`: puts known bugs back, one at a time, and runs the test that must fail by each.
 * Arguments: words of names (all that contain one of them), `--from N`, `--write` (docs/mutants.md).
 * Ends with exit code 1 unless every bug was caught.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startServers } from '../../local/servers/start.ts';
import { SERVERS_VARIABLE } from '../support/servers.ts';
import { mutantsDocument } from './document.ts';
import { needsServers, type Mutation } from './mutation.ts';
import { areas } from './mutations.ts';
import { runTest } from './run-test.ts';
import { scratchTree, type ScratchTree } from './scratch-tree.ts';
import { typeChecker } from './type-check.ts';
import type { Outcome } from './verdict.ts';

const CHECKOUT = resolve(import.meta.dirname, '../..');
const DOCUMENT = join(CHECKOUT, 'docs/mutants.md');

interface Numbered {
  readonly number: number;
  readonly mutation: Mutation;
}

type Verdict = 'caught' | 'SURVIVED' | 'NOT JUDGED';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string', default: '1' }, write: { type: 'boolean', default: false } },
});
const all = areas
  .flatMap(({ mutations }) => mutations)
  .map((mutation, i): Numbered => ({ number: i + 1, mutation }));
const chosen = all.filter(
  ({ number, mutation: { name } }) =>
    number >= Number(values.from) &&
    (positionals.length === 0 ||
      positionals.some((word) => name.toLowerCase().includes(word.toLowerCase()))),
);

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stopping.abort(new Error(`stopped by ${signal}`));
  });
}

/** Each test without a bug, once: what is red already catches nothing. */
const unmutated = new Map<string, Promise<Outcome>>();

async function judge(
  { mutation, number }: Numbered,
  tree: ScratchTree,
  variables: Readonly<Record<string, string>>,
): Promise<{ readonly verdict: Verdict; readonly why: string }> {
  const { caughtBy } = mutation;
  const run = (): Promise<Outcome> => runTest(tree.root, caughtBy, variables, stopping.signal);
  const key = `${caughtBy.file} ${caughtBy.title}`;
  const before = unmutated.get(key) ?? run();
  unmutated.set(key, before);
  const clean = await before;
  if (clean.kind !== 'passed') {
    const why = clean.kind === 'failed' ? clean.by : clean.why;
    return { verdict: 'NOT JUDGED', why: `its test fails without the bug:\n${why}` };
  }
  const complaint = complain(mutation);
  if (complaint !== undefined) return { verdict: 'NOT JUDGED', why: complaint };
  const outcome = await tree.with(mutation, run);
  if (outcome.kind === 'passed') return { verdict: 'SURVIVED', why: `no test of ${number} fails` };
  if (outcome.kind === 'failed') return { verdict: 'caught', why: outcome.by };
  return { verdict: 'NOT JUDGED', why: outcome.why };
}

const complain = typeChecker(CHECKOUT);

async function judgeAll(tree: ScratchTree, variables: Record<string, string>): Promise<number> {
  let caught = 0;
  for (const numbered of chosen) {
    const begun = performance.now();
    const { verdict, why } = await judge(numbered, tree, variables);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1).padStart(6);
    const { number, mutation } = numbered;
    console.log(
      `${String(number).padStart(3)}  ${verdict.padEnd(10)} ${seconds} s  ${mutation.name}`,
    );
    if (verdict === 'caught') caught += 1;
    if (verdict !== 'caught' || process.env['MUTANTS_WHY'] !== undefined) {
      console.log(
        `${mutation.caughtBy.file}: ${mutation.caughtBy.title}\n${why}`.replace(/^/gm, '       '),
      );
    }
  }
  return caught;
}

/** Starts the servers once for all tests that need them. */
async function withServers<T>(
  folder: string,
  work: (variables: Record<string, string>) => Promise<T>,
): Promise<T> {
  if (!chosen.some(({ mutation }) => needsServers(mutation.caughtBy))) return work({});
  const servers = await startServers({
    stateDir: join(folder, 'state'),
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

if (chosen.length === 0) throw new Error('there is no such bug');
const folder = await mkdtemp(join(tmpdir(), 'coupon-mutants-servers-'));
const tree = await scratchTree(CHECKOUT);
let caught = 0;
try {
  caught = await withServers(folder, (variables) => judgeAll(tree, variables));
} catch (error) {
  if (!stopping.signal.aborted) throw error;
  console.error('stopped; go on with --from');
} finally {
  await tree.remove();
  await rm(folder, { recursive: true, force: true });
}
console.log(`${caught} of ${chosen.length} caught`);
if (values.write && caught === all.length) await writeFile(DOCUMENT, mutantsDocument(areas));
process.exit(caught === chosen.length ? 0 : 1);
