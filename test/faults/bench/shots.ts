import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { until } from '../../support/until.ts';
import type { BenchOptions } from './fault-bench.ts';

/** Where a process can be hit; see failpoints.ts. */
export type Failpoint =
  | 'gate passed'
  | 'produce unsent'
  | 'acknowledged'
  | 'count unsent'
  | 'COMMIT unsent'
  | 'committed';

const FIRE_PATIENCE_MS = 20_000;

const folder = join(tmpdir(), `coupon-failpoints-${process.pid}`);
const armed = join(folder, 'armed');
const fired = join(folder, 'fired');
const clock = join(folder, 'clock');

const preload = pathToFileURL(join(import.meta.dirname, 'failpoints.ts')).href;

/** Functions run in processes of their own, each of which can be hit. */
export const failpointOptions: BenchOptions = {
  environments: 4,
  variables: { NODE_OPTIONS: `--import=${preload}`, COUPON_FAILPOINTS: folder },
};

/** No shots, and the right time. To be called before the stack starts. */
export async function loadNoShots(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(armed, { recursive: true });
  await mkdir(fired);
}

export async function forgetShots(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

let shots = 0;

/** Arms so many shots; the next so many processes of the function that come there are hit. */
export async function arm(
  functionName: string,
  point: Failpoint,
  signal: 'SIGKILL' | 'SIGSTOP',
  count: number,
): Promise<Shots> {
  const own = Array.from({ length: count }, () => {
    shots += 1;
    return [functionName, point, signal, shots].join(',');
  });
  await Promise.all(own.map((name) => writeFile(join(armed, name), '')));
  return {
    hits: () => hitsOf(own),
    allFired: () =>
      until(`${count} times ${signal} at '${point}'`, FIRE_PATIENCE_MS, async () => {
        const pids = await hitsOf(own);
        return pids.length === count ? pids : undefined;
      }),
  };
}

export interface Shots {
  /** The processes that were hit so far. */
  hits(): Promise<number[]>;
  /** Resolves when all were. @throws Error after 20 s */
  allFired(): Promise<number[]>;
}

async function hitsOf(names: readonly string[]): Promise<number[]> {
  const files = await readdir(fired);
  return files
    .filter((file) => names.some((name) => file.startsWith(`${name},`)))
    .map((file) => Number(file.split(',').at(-1)));
}

/** From now on the functions' clock is wrong by so much; their monotonic one is not. */
export async function setClock(shiftMs: number): Promise<void> {
  // As a whole: a process must not read half a number.
  await writeFile(`${clock}.next`, String(shiftMs));
  await rename(`${clock}.next`, clock);
}

/** How many processes have had it. */
export async function processesWithClock(shiftMs: number): Promise<number> {
  const files = await readdir(fired);
  return files.filter((file) => file.startsWith(`clock,${shiftMs},`)).length;
}
