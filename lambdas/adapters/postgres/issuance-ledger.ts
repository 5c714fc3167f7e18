import type { RecordedIssuance } from '../../domain/issuance.ts';
import type { IssuanceLedger } from '../../domain/ports.ts';
import type { Database, Queryable } from './database.ts';
import type { IssuanceRow } from './issuance-rows.ts';
import { ISSUANCE_COLUMNS, ISSUANCES, toIssuance } from './issuance-rows.ts';

/** The issuances as rows, one at a time. */
export function postgresIssuanceLedger(database: Database): IssuanceLedger {
  return { findIssuance: (id) => findIssuance(database, id) };
}

export async function findIssuance(
  client: Queryable,
  id: string,
): Promise<RecordedIssuance | undefined> {
  const { rows } = await client.query<IssuanceRow>(
    `SELECT ${ISSUANCE_COLUMNS} FROM ${ISSUANCES} WHERE issuances.id = $1`,
    [id],
  );
  return rows[0] && toIssuance(rows[0]);
}
