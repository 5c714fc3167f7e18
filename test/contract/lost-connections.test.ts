import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import { CleanUp } from '../support/clean-up.ts';
import type { TestDatabase } from '../support/database.ts';
import { newDatabase } from '../support/database.ts';
import { silencingProxy } from '../support/silencing-proxy.ts';

const STATEMENT_TIMEOUT_MS = 200;

const cleanUp = new CleanUp();
let testDatabase: TestDatabase;

beforeAll(async () => {
  testDatabase = await newDatabase();
});

afterEach(() => cleanUp.run());
afterAll(() => testDatabase.drop());

function ask(database: Database): Promise<number | undefined> {
  return database.transaction(async (client) => {
    const { rows } = await client.query<{ answer: number }>('SELECT 42 AS answer');
    return rows[0]?.answer;
  });
}

it('a connection on which a statement timed out is not used again', async () => {
  const proxy = cleanUp.add(await silencingProxy(testDatabase.appUrl), (opened) => opened.close());
  const settings = { maxConnections: 1, connectTimeoutMs: 5_000 };
  const database = cleanUp.add(
    connectDatabase(
      { ...settings, url: proxy.url, statementTimeoutMs: STATEMENT_TIMEOUT_MS },
      () => undefined,
    ),
    (opened) => opened.close(),
  );
  expect(await ask(database)).toBe(42);
  proxy.silence();
  await expect(ask(database)).rejects.toThrow(LedgerUnavailable);
  // Out of a pool of one.
  const next = await ask(database).catch((error: unknown) => error);
  expect(next).toBe(42);
});
