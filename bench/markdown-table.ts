/** Of a column: a figure stands at the right. */
export type Alignment = 'left' | 'right';

/** A table of Markdown, as prettier writes it. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[] = [],
): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i]?.length ?? 0)));
  const isRight = (i: number): boolean => alignments[i] === 'right';
  const padded = (cell: string, i: number): string => {
    const width = widths[i] ?? 0;
    return isRight(i) ? cell.padStart(width) : cell.padEnd(width);
  };
  const line = (row: readonly string[]): string => `| ${row.map(padded).join(' | ')} |\n`;
  const rule = widths.map((width, i) =>
    isRight(i) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  const [first = [], ...rest] = cells;
  return [line(first), line(rule), ...rest.map(line)].join('');
}
