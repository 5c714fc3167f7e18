import { styleText } from 'node:util';
import { cells, fitted } from './text.ts';

/** What colour says; the text says it too, for those who see none. */
export type Tone = 'strong' | 'dim' | 'good' | 'warning' | 'bad';

const FORMATS = {
  strong: 'bold',
  dim: 'dim',
  good: 'green',
  warning: 'yellow',
  bad: 'red',
} as const satisfies Record<Tone, string>;

export interface Toned {
  readonly text: string;
  readonly tone: Tone;
}

/** A piece of a line. */
export type Span = string | Toned;

export type Line = readonly Span[];

export interface Paper {
  /** Cells; longer lines are cut. */
  readonly width: number;
  readonly colours: boolean;
}

export function toned(tone: Tone, text: string): Toned {
  return { tone, text };
}

export function textOf(span: Span): string {
  return typeof span === 'string' ? span : span.text;
}

export function cellsOfLine(line: Line): number {
  return line.reduce((sum, span) => sum + cells(textOf(span)), 0);
}

/** The line as it is written, cut to the paper's width. */
export function painted(line: Line, { width, colours }: Paper): string {
  let room = width;
  let written = '';
  for (const span of line) {
    const text = fitted(textOf(span), room);
    room -= cells(text);
    // Always, and not as the stream would have it: the paper says whether there are colours.
    written +=
      typeof span === 'string' || !colours
        ? text
        : styleText(FORMATS[span.tone], text, { validateStream: false });
    if (text !== textOf(span)) break;
  }
  return written;
}

/** Items one after the other with two blanks between, on as many lines as the width asks for. */
export function flowed(items: readonly Line[], width: number, indent = '  '): Line[] {
  const lines: Span[][] = [];
  let used = 0;
  for (const item of items) {
    const needed = cellsOfLine(item);
    const current = lines.at(-1);
    if (current === undefined || used + 2 + needed > width) {
      lines.push([indent, ...item]);
      used = cells(indent) + needed;
    } else {
      current.push('  ', ...item);
      used += 2 + needed;
    }
  }
  return lines;
}

/** Rows whose columns begin at the same cell; `right` names the columns of figures. */
export function table(rows: readonly Line[], right: readonly number[] = []): Line[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cells(textOf(cell)))));
  }
  return rows.map((row) =>
    row.flatMap((cell, i) => {
      const blanks = ' '.repeat((widths[i] ?? 0) - cells(textOf(cell)));
      const gap = i === 0 ? '' : '  ';
      if (right.includes(i)) return [gap + blanks, cell];
      return i === row.length - 1 ? [gap, cell] : [gap, cell, blanks];
    }),
  );
}
