import type { LoadProgress } from './load/job.ts';
import type { Sight } from '../operator.ts';

/** How far the rehearsal is, for whoever watches. */
export interface Progress {
  show(load: LoadProgress, sight: Sight | undefined): void;
  /** A line that stays. */
  say(line: string): void;
  close(): void;
}

const BAR_CELLS = 24;
const BEGIN_OF_LINE = '\r';
const END_OF_LINE = '\u001b[K';

/** A bar that is drawn over on a terminal; elsewhere a line each second. */
export function progressOn(output: NodeJS.WriteStream, seconds: number): Progress {
  let before = 0;
  return {
    show(load, sight) {
      const line = lineOf(load, sight, seconds, load.pressed - before);
      before = load.pressed;
      if (output.isTTY)
        output.write(`${BEGIN_OF_LINE}${line.slice(0, output.columns)}${END_OF_LINE}`);
      else output.write(`${line}\n`);
    },
    say(line) {
      output.write(output.isTTY ? `${BEGIN_OF_LINE}${line}${END_OF_LINE}\n` : `${line}\n`);
    },
    close() {
      if (output.isTTY) output.write(`${BEGIN_OF_LINE}${END_OF_LINE}`);
    },
  };
}

function lineOf(
  { elapsedMs, inFlight, answers }: LoadProgress,
  sight: Sight | undefined,
  seconds: number,
  pressed: number,
): string {
  const share = Math.min(1, elapsedMs / 1000 / seconds);
  const full = Math.round(share * BAR_CELLS);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
  const left = Math.max(0, Math.ceil(seconds - elapsedMs / 1000));
  const counts = Object.entries(answers)
    .toSorted(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${kind} ${figure(count)}`);
  const parts = [
    left > 0 ? `${left} s left` : 'coming to rest',
    `${figure(pressed)}/s`,
    ...counts,
    `waiting ${figure(inFlight)}`,
    `units left ${known(sight?.unitsLeft)}`,
    `lag ${known(sight?.unrecorded)}`,
  ];
  return `${bar} ${parts.join(' · ')}`;
}

function known(count: number | null | undefined): string {
  return count == null ? '?' : figure(count);
}

export function figure(count: number): string {
  return count.toLocaleString('en-US');
}
