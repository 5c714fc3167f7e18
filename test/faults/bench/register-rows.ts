import { afterAll, it } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import { FaultBench, type BenchOptions } from './fault-bench.ts';
import { keepReport } from './reports.ts';
import { ALL_VARIABLE, titleOf, type FaultRow } from './row.ts';
import { runRow } from './run-row.ts';

/** Starting servers and a stack, the fault itself, its recovery, and coming to rest. */
const SLOW_MS = 300_000;

/**
 * A test for each row. Rows with the same options share a bench, one after the other; after one
 * that failed the next gets a new bench.
 */
export function registerRows(rows: readonly FaultRow[]): void {
  let bench: { readonly started: FaultBench; readonly options: BenchOptions } | undefined;

  const removeBench = async (): Promise<void> => {
    const last = bench;
    bench = undefined;
    await last?.started.remove();
  };

  const benchFor = async ({ options = {} }: FaultRow): Promise<FaultBench> => {
    if (bench !== undefined && !isDeepStrictEqual(bench.options, options)) await removeBench();
    bench ??= { started: await FaultBench.start(options), options };
    return bench.started;
  };

  afterAll(removeBench, SLOW_MS);

  const chosen = process.env[ALL_VARIABLE] === undefined ? rows.filter(inEveryRun) : rows;
  it.each(sharedFirst(chosen).map((row) => [titleOf(row), row] as const))(
    '%s',
    async (_title, row) => {
      try {
        await keepReport(await runRow(row, await benchFor(row)));
      } catch (error) {
        await removeBench();
        throw error;
      }
    },
    SLOW_MS,
  );
}

function inEveryRun(row: FaultRow): boolean {
  return row.inEveryRun === true;
}

/** Rows with options of their own need a bench of their own. */
function sharedFirst(rows: readonly FaultRow[]): FaultRow[] {
  return rows.toSorted((a, b) => Number('options' in a) - Number('options' in b));
}
