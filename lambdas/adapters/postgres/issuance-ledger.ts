import type { RecordedIssuance } from '../../domain/issuance.ts';
import type { IssuanceLedger } from '../../domain/ports.ts';
import { readTogether } from '../read-together.ts';
import type { Database, Queryable } from './database.ts';
import type { IssuanceRow } from './issuance-rows.ts';
import { ISSUANCE_COLUMNS, ISSUANCES, toIssuance } from './issuance-rows.ts';

/**
 * One statement takes whoever waits: in a spike a thousand a second ask what has become of theirs.
 * Ten of so many go together. One statement at a time leaves the connections to the redemptions.
 */
const READS = { most: 1_000, everyMs: 10 } as const;

/** The issuances as rows. */
export function postgresIssuanceLedger(database: Database): IssuanceLedger {
  return { findIssuance: readTogether(READS, (ids) => findIssuances(database, ids)) };
}

export async function findIssuance(
  client: Queryable,
  id: string,
): Promise<RecordedIssuance | undefined> {
  return (await findIssuances(client, [id])).get(id);
}

/** By their ids; who is not there is not among them. */
async function findIssuances(
  client: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RecordedIssuance>> {
  const { rows } = await client.query<IssuanceRow>(
    `SELECT ${ISSUANCE_COLUMNS} FROM ${ISSUANCES} WHERE issuances.id = ANY($1)`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, toIssuance(row)]));
}
