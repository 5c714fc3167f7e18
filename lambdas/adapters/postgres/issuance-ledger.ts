import type { RecordedIssuance } from '../../domain/issuance.ts';
import type { IssuanceLedger } from '../../domain/ports.ts';
import { readTogether } from '../read-together.ts';
import type { Database, Queryable } from './database.ts';
import type { IssuanceRow } from './issuance-rows.ts';
import { ISSUANCE_COLUMNS, ISSUANCES, toIssuance } from './issuance-rows.ts';

/**
 * One statement takes whoever waits: in a spike a thousand a second ask what has become of theirs.
 * More statements at once would take the connections that redemptions need.
 */
const READS = { most: 1_000, atOnce: 2 } as const;

/** The issuances as rows. */
export function postgresIssuanceLedger(database: Database): IssuanceLedger {
  const findIssuance = readTogether(READS, async (ids: readonly string[]) => {
    const { rows } = await database.query<IssuanceRow>(
      `SELECT ${ISSUANCE_COLUMNS} FROM ${ISSUANCES} WHERE issuances.id = ANY($1)`,
      [ids],
    );
    return new Map(rows.map((row) => [row.id, toIssuance(row)]));
  });
  return { findIssuance };
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
