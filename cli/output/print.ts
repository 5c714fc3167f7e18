import type { Context, Output } from '../context.ts';
import { painted, type Line } from './line.ts';

/** Writes lines; those for a terminal are cut to its width only where that is asked for. */
export function print(output: Output, lines: readonly Line[], cut = false): void {
  const width = cut && output.isTerminal ? output.columns() : Infinity;
  const paper = { width, colours: output.hasColours };
  output.write(lines.map((line) => `${painted(line, paper)}\n`).join(''));
}

/** Writes what the API answered, for programs. */
export function printJson(output: Output, value: unknown): void {
  output.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** What was asked for: the API's JSON for programs, lines for people. */
export function answer(
  { stdout }: Context,
  asJson: boolean,
  value: unknown,
  lines: () => readonly Line[],
): void {
  if (asJson) printJson(stdout, value);
  else print(stdout, lines());
}
