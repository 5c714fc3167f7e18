/**
 * Reads CSV as RFC 4180 has it, and nothing more: records end with CRLF, also the last one; a quote
 * stands only around a cell or doubled within quotes.
 * @throws Error that names the first place where it is none
 */
export function parseStrictCsv(text: string): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: string[] = [];
    for (;;) {
      const [cell, end] = text[at] === '"' ? quoted(text, at) : plain(text, at);
      record.push(cell);
      at = end;
      if (text[at] !== ',') break;
      at += 1;
    }
    if (text.slice(at, at + 2) !== '\r\n') throw new Error(`no CRLF at ${at}`);
    at += 2;
    records.push(record);
  }
  return records;
}

function quoted(text: string, start: number): [cell: string, end: number] {
  let cell = '';
  for (let at = start + 1; ; at += 1) {
    if (at >= text.length) throw new Error(`the quote at ${start} is never closed`);
    if (text[at] !== '"') cell += text[at] ?? '';
    else if (text[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else return [cell, at + 1];
  }
}

function plain(text: string, start: number): [cell: string, end: number] {
  const [cell = ''] = /^[^,"\r\n]*/.exec(text.slice(start)) ?? [];
  return [cell, start + cell.length];
}
