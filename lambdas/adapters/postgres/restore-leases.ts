import type { RestoreLeases } from '../../domain/ports.ts';
import type { Database } from './database.ts';

/**
 * @param database a pool of its own where many gates are rebuilt at once: a lease is renewed while
 *   its rebuild holds a connection, and out of one pool the rebuilds would wait for each other
 */
export function postgresRestoreLeases(database: Database): RestoreLeases {
  return {
    async take(couponId, holder, ms) {
      const { rowCount } = await database.query(
        `INSERT INTO restore_leases AS held (coupon_id, holder, until)
         VALUES ($1, $2, now() + $3 * interval '1 millisecond')
         ON CONFLICT (coupon_id) DO UPDATE SET holder = excluded.holder, until = excluded.until
         WHERE held.until < now() OR held.holder = excluded.holder`,
        [couponId, holder, ms],
      );
      return rowCount === 1;
    },

    async release(couponId, holder) {
      await database.query('DELETE FROM restore_leases WHERE coupon_id = $1 AND holder = $2', [
        couponId,
        holder,
      ]);
    },
  };
}
