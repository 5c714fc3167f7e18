/** Joins the pages of a CSV export to one file: the header once, each line on one of its own. */

/** What of the next page is to be written behind the pages before it. */
export interface CsvJoin {
  append(page: string): string;
  /** Lines so far, without the header; a line break inside quotes counts too. */
  readonly lines: number;
}

export function joinCsvPages(): CsvJoin {
  let header: string | undefined;
  let lines = 0;
  return {
    append(page) {
      // Excel takes the mark at the beginning of a file for a sign of UTF-8; elsewhere it is dirt.
      const isFirst = header === undefined;
      const text = isFirst ? page : page.replace(/^\ufeff/, '');
      const end = text.indexOf('\n') + 1 || text.length;
      const firstLine = text.slice(0, end).replace(/^\ufeff|\r?\n$/g, '');
      header ??= firstLine;
      const rest = !isFirst && firstLine === header ? text.slice(end) : text;
      const whole = rest === '' || rest.endsWith('\n') ? rest : `${rest}\n`;
      lines += (whole.match(/\n/g)?.length ?? 0) - (isFirst && whole !== '' ? 1 : 0);
      return whole;
    },
    get lines() {
      return lines;
    },
  };
}

/** The address with `rel="next"` in a `Link` header (RFC 8288), as it stands there. */
export function nextLink(header: string | null): string | undefined {
  for (const [, target, parameters = ''] of (header ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters);
    const names = (relations?.[1] ?? relations?.[2] ?? '').toLowerCase().split(/\s+/);
    if (target !== undefined && names.includes('next')) return target;
  }
  return undefined;
}
