/** Without parameters it would be Latin 1 to some readers (RFC 4180, 3; RFC 7111). */
export function csvType(header: 'present' | 'absent'): string {
  return `text/csv; charset=utf-8; header=${header}`;
}

/** One record of a CSV file (RFC 4180), with its line's end; null is an empty cell. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

/** By these a spreadsheet takes a text for a formula, and runs it. */
const FORMULA = /^[=+\-@\t\r]/;

function toCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // An apostrophe in front makes it text again: the cell of a hostile user id is not what the
  // user is called, which the JSON of the same export says.
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
