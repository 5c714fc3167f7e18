import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogQuery } from '../../lib/logs/queries.ts';
import { statePaths } from '../../local/state.ts';

/** A line as the functions write it. */
export type LoggedLine = Readonly<Record<string, unknown>>;

/** All that the functions of a stack have written, this run and the one before. */
export async function functionsLog(stateDir: string): Promise<string> {
  const file = join(statePaths(stateDir).logs, 'functions.log');
  const parts = [`${file}.previous`, file].map((each) => readFile(each, 'utf8').catch(() => ''));
  return (await Promise.all(parts)).join('');
}

/** Those of its lines that a logger wrote; the last may be half written. */
export function linesOf(log: string): LoggedLine[] {
  const lines = log.split('\n').slice(0, -1);
  return lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as LoggedLine] : []));
}

/** The lines that a saved query finds, as CloudWatch would; what it asks for is given by `instead`. */
export function foundBy(
  { where, of }: LogQuery,
  lines: readonly LoggedLine[],
  instead: ReadonlyMap<string, string>,
): LoggedLine[] {
  return lines.filter(
    (line) =>
      (of === undefined || (of as readonly unknown[]).includes(line['function'])) &&
      where.every((condition) => {
        if ('contains' in condition) {
          const text = instead.get(condition.contains) ?? condition.contains;
          return JSON.stringify(line).includes(text);
        }
        const value = line[condition.field];
        if ('is' in condition) return value === condition.is;
        return typeof value === 'number' && value >= condition.atLeast;
      }),
  );
}
