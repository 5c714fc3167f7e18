import type pg from 'pg';

/** The tables in which a text stands: in a column of any type, and as bytes too. */
export async function tablesNaming(client: pg.Client | pg.Pool, text: string): Promise<string[]> {
  const { rows } = await client.query<{ relname: string }>(
    `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  const found: string[] = [];
  const inJson = JSON.stringify(text).slice(1, -1);
  // Rows are searched as JSON, which shows bytes in hexadecimal.
  const needles = [inJson, ...[text, inJson].map((each) => Buffer.from(each).toString('hex'))];
  for (const { relname } of rows) {
    const { rowCount } = await client.query(
      `SELECT FROM "${relname}" AS stored, unnest($1::text[]) AS needle
       WHERE strpos(to_jsonb(stored)::text, needle) > 0`,
      [needles],
    );
    if (rowCount !== 0) found.push(relname);
  }
  return found.toSorted();
}
