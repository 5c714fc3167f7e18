/** Plays ranges of seeds, as its parent asks for them. */
import type { Played } from './play.ts';
import { play } from './play.ts';

export interface SeedRange {
  readonly from: number;
  readonly count: number;
}

export interface RangePlayed {
  readonly count: number;
  /** Sentences told: how much happened. */
  readonly sentences: number;
  readonly broken: readonly Played[];
}

// Lost requests are errors; nobody reads where they were made.
Error.stackTraceLimit = 0;

process.on('message', ({ from, count }: SeedRange) => {
  void playRange(from, count).then((result) => process.send?.(result));
});

async function playRange(from: number, count: number): Promise<RangePlayed> {
  let sentences = 0;
  const broken: Played[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const played = await play(seed);
    sentences += played.trace.length;
    if (played.violations.length > 0) broken.push(played);
  }
  return { count, sentences, broken };
}
