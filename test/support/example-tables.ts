/** One row of a table of examples, by column. */
export interface ExampleRow {
  readonly section: string;
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/**
 * All rows of all tables of a Markdown document. Every line with a bar belongs to a table, and each
 * table has some of the `known` columns, all `needed` ones among them, in their order: nothing that
 * looks like an example can be passed over.
 */
export function readExamples(
  markdown: string,
  known: readonly string[],
  needed: readonly string[],
): ExampleRow[] {
  const rows: ExampleRow[] = [];
  let section = '';
  let header: readonly string[] | undefined;
  let ruled = false;
  for (const [index, text] of markdown.split('\n').entries()) {
    const line = index + 1;
    if (text.startsWith('#')) section = text.replace(/^#+\s*/, '');
    if (!text.includes('|')) {
      header = undefined;
      continue;
    }
    const cells = cellsOf(text, line);
    if (header === undefined) {
      header = checkedHeader(cells, known, needed, line);
      ruled = false;
    } else if (!ruled) {
      if (!cells.every((cell) => /^:?-+:?$/.test(cell))) throw new Error(`line ${line}: no rule`);
      ruled = true;
    } else {
      if (cells.length !== header.length) throw new Error(`line ${line}: ${cells.length} cells`);
      const named = header.map((column, place) => [column, cells[place] ?? ''] as const);
      rows.push({ section, line, cells: Object.fromEntries(named) });
    }
  }
  return rows;
}

function cellsOf(text: string, line: number): string[] {
  const inner = /^\|(.*)\|$/.exec(text.trimEnd())?.[1];
  if (inner === undefined) throw new Error(`line ${line}: a bar, but no row of a table`);
  return inner.split('|').map((cell) => cell.trim());
}

function checkedHeader(
  cells: readonly string[],
  known: readonly string[],
  needed: readonly string[],
  line: number,
): readonly string[] {
  const inOrder = known.filter((column) => cells.includes(column));
  const complete = needed.every((column) => cells.includes(column));
  if (!complete || inOrder.join('|') !== cells.join('|')) {
    throw new Error(`line ${line}: a table with the columns ${cells.join(', ')}`);
  }
  return cells;
}
