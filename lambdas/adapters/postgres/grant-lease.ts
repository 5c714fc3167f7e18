import type { GrantLease } from '../../domain/grant-ledger.ts';
import type { Database } from './database.ts';

/** The table's one row says who works on grants, and until when. */
export function postgresGrantLease(database: Database): GrantLease {
  return {
    async take(holder, ms) {
      const { rowCount } = await database.query(
        `UPDATE grant_worker SET holder = $1, until = now() + $2 * interval '1 millisecond'
         WHERE until < now() OR holder = $1`,
        [holder, ms],
      );
      return rowCount === 1;
    },

    async release(holder) {
      await database.query(`UPDATE grant_worker SET until = '-infinity' WHERE holder = $1`, [
        holder,
      ]);
    },
  };
}
