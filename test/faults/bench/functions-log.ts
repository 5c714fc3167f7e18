import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { statePaths } from '../../../local/state.ts';
import type { FaultBench } from './fault-bench.ts';

export type LogEntry = Readonly<Record<string, unknown>>;

/** Returns what gives all that the functions have logged since. */
export async function logFromNow({ flow }: FaultBench): Promise<() => Promise<LogEntry[]>> {
  const file = join(statePaths(flow.stack.stateDir).logs, 'functions.log');
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  return async () => {
    const text = (await readFile(file)).subarray(size).toString();
    // The last line may be half written.
    const lines = text.split('\n').slice(0, -1);
    return lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as LogEntry] : []));
  };
}
