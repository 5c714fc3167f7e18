import { Redis } from 'ioredis';
import type pg from 'pg';

/** The tables in which a text stands: in a column of any type, and as bytes too. */
export async function tablesNaming(client: pg.Client | pg.Pool, text: string): Promise<string[]> {
  const { rows } = await client.query<{ relname: string }>(
    `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
       AND has_table_privilege(oid, 'SELECT')`,
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

/** The keys of Valkey in which a text stands, as JSON has it or as it is. */
export async function keysNaming(valkeyUrl: string, text: string): Promise<string[]> {
  const client = new Redis(valkeyUrl);
  try {
    const found: string[] = [];
    let cursor = '0';
    do {
      const [next, keys] = await client.scan(cursor, 'COUNT', 1_000);
      for (const key of keys) {
        const content = `${key} ${await contentOf(client, key)}`;
        if ([text, JSON.stringify(text).slice(1, -1)].some((each) => content.includes(each))) {
          found.push(key);
        }
      }
      cursor = next;
    } while (cursor !== '0');
    return [...new Set(found)].toSorted();
  } finally {
    client.disconnect();
  }
}

/** @throws Error for a type that this does not read: then it says nothing about it */
async function contentOf(client: Redis, key: string): Promise<string> {
  const type = await client.type(key);
  if (type === 'hash')
    return Object.entries(await client.hgetall(key))
      .flat()
      .join(' ');
  if (type === 'string') return (await client.get(key)) ?? '';
  // It expired meanwhile.
  if (type === 'none') return '';
  throw new Error(`${key} is a ${type}`);
}
