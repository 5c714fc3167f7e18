import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { CleanUp } from '../support/clean-up.ts';
import { migrate, MIGRATIONS, newDatabase } from '../support/database.ts';

/** What the code of a release rests on, a line each. */
interface Schema {
  readonly tables: ReadonlySet<string>;
  readonly columns: ReadonlySet<string>;
  /** Of the application's user. */
  readonly privileges: ReadonlySet<string>;
  /** Columns that an insertion must name. */
  readonly required: ReadonlySet<string>;
}

const names = (await readdir(MIGRATIONS)).toSorted();
const cleanUp = new CleanUp();
/** As each migration leaves it. */
const schemas: Schema[] = [];

beforeAll(async () => {
  const folder = cleanUp.add(await mkdtemp(join(tmpdir(), 'coupon-migrations-')), (path) =>
    rm(path, { recursive: true }),
  );
  const add = (name: string): Promise<void> => cp(join(MIGRATIONS, name), join(folder, name));
  await add(names[0] ?? '');
  const database = cleanUp.add(await newDatabase(folder), (made) => made.drop());
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  cleanUp.add(owner, (client) => client.end());
  schemas.push(await schemaOf(owner));
  for (const name of names.slice(1)) {
    await add(name);
    await migrate(database.ownerUrl, folder);
    schemas.push(await schemaOf(owner));
  }
});

afterAll(() => cleanUp.run());

async function schemaOf(owner: pg.Client): Promise<Schema> {
  const lines = async (query: string): Promise<ReadonlySet<string>> => {
    const { rows } = await owner.query<{ line: string }>(query);
    return new Set(rows.map(({ line }) => line));
  };
  return {
    tables: await lines(`SELECT table_name AS line FROM information_schema.tables
      WHERE table_schema = 'public'`),
    columns: await lines(`SELECT concat_ws(' ', table_name, column_name, data_type) AS line
      FROM information_schema.columns WHERE table_schema = 'public'`),
    // A privilege on a table is one on each of its columns; that to delete has none.
    privileges: await lines(`
      SELECT concat_ws(' ', table_name, column_name, privilege_type) AS line
      FROM information_schema.column_privileges WHERE grantee = 'coupon_app'
      UNION SELECT concat_ws(' ', table_name, privilege_type)
      FROM information_schema.table_privileges WHERE grantee = 'coupon_app'`),
    required: await lines(`SELECT concat_ws(' ', table_name, column_name) AS line
      FROM information_schema.columns
      WHERE table_schema = 'public' AND is_nullable = 'NO' AND column_default IS NULL
        AND is_identity = 'NO' AND is_generated = 'NEVER'`),
  };
}

function without(lines: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  return [...lines].filter((line) => !others.has(line));
}

/**
 * The functions of the release before run on its schema while this one is deployed, and after a
 * rollback. What a release does not use any more goes with the next one, and is left out here then.
 */
it.each(names.slice(1).map((name, i) => [name, i] as const))(
  '%s takes away nothing, and asks for nothing, that the code before it does not know',
  (_name, i) => {
    const [before, after] = [schemas[i], schemas[i + 1]];
    if (before === undefined || after === undefined) throw new Error('not migrated');
    for (const what of ['columns', 'privileges'] as const) {
      expect(without(before[what], after[what])).toEqual([]);
    }
    const asked = without(after.required, before.required);
    expect(asked.filter((line) => before.tables.has(line.split(' ')[0] ?? ''))).toEqual([]);
  },
);
