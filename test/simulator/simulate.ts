/**
 * `npm run simulate -- --seeds 100000`: plays the stories of so many seeds, from `--from` (1) on, in
 * `--workers` (2) processes, and ends with 0 only if no promise was broken. `--until-broken` stops
 * at the first that is. `--seed 42` tells the story of one.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Played } from './play.ts';
import { play, playShortest } from './play.ts';
import type { RangePlayed } from './seeds-worker.ts';

const CHUNK = 250;
const PROGRESS_MS = 10_000;
/** Broken stories that are told; of the others the seeds say enough. */
const MOST_TOLD = 3;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    seed: { type: 'string' },
    'until-broken': { type: 'boolean', default: false },
  },
});

function tellStory({ seed, trace, violations }: Played): void {
  console.log(`\nSeed ${seed}:`);
  for (const [i, sentence] of trace.entries())
    console.log(`${String(i + 1).padStart(4)}  ${sentence}`);
  for (const violation of violations) console.log(`   BROKEN: ${violation}`);
}

async function playAll(from: number, seeds: number, workers: number): Promise<Played[]> {
  const begun = performance.now();
  const broken: Played[] = [];
  let next = from;
  let done = 0;
  let sentences = 0;
  let toldAt = begun;
  const progress = (): void => {
    const seconds = (performance.now() - begun) / 1_000;
    const rate = Math.round(done / seconds);
    console.log(
      `${done} seeds in ${seconds.toFixed(1)} s (${rate}/s), ${sentences} events, ${broken.length} broken`,
    );
  };
  const work = async (): Promise<void> => {
    const worker = fork(join(import.meta.dirname, 'seeds-worker.ts'));
    const gone = once(worker, 'exit').then(() => undefined);
    while (next < from + seeds && !(values['until-broken'] && broken.length > 0)) {
      const range = { from: next, count: Math.min(CHUNK, from + seeds - next) };
      next += range.count;
      const answer = new Promise<RangePlayed>((resolve) => worker.once('message', resolve));
      worker.send(range);
      const played = await Promise.race([answer, gone]);
      if (played === undefined) throw new Error('a worker ended early');
      done += played.count;
      sentences += played.sentences;
      broken.push(...played.broken);
      if (performance.now() - toldAt < PROGRESS_MS) continue;
      toldAt = performance.now();
      progress();
    }
    worker.disconnect();
  };
  await Promise.all(Array.from({ length: workers }, work));
  progress();
  return broken.toSorted((a, b) => a.seed - b.seed);
}

if (values.seed === undefined) {
  const broken = await playAll(Number(values.from), Number(values.seeds), Number(values.workers));
  for (const { seed } of broken.slice(0, MOST_TOLD)) tellStory(await playShortest(seed));
  if (broken.length > 0) {
    console.log(`\nBroken by seeds ${broken.map(({ seed }) => seed).join(', ')}`);
    process.exitCode = 1;
  }
} else {
  const played = await play(Number(values.seed));
  const isBroken = played.violations.length > 0;
  tellStory(isBroken ? await playShortest(played.seed) : played);
  if (isBroken) process.exitCode = 1;
}
