import type { QueryResultRow } from 'pg';
import type { Database, Queryable } from '../../lambdas/adapters/postgres/database.ts';

export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface WatchedDatabase {
  readonly database: Database;
  /** What was sent since the last time this was asked. */
  take(): SentStatement[];
}

/** Remembers the statements that adapters send, so that each can be explained. */
export function watchedDatabase(database: Database): WatchedDatabase {
  let sent: SentStatement[] = [];
  const watched = (client: Queryable): Queryable => ({
    query: <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) => {
      sent.push({ text, values });
      return client.query<Row>(text, values);
    },
  });
  return {
    database: {
      ...watched(database),
      transaction: (work) => database.transaction((client) => work(watched(client))),
      close: () => database.close(),
    },
    take() {
      const taken = sent;
      sent = [];
      return taken;
    },
  };
}
