import type { RecordedIssuance } from '../../domain/issuance.ts';
import type { IssuanceLedger } from '../../domain/ports.ts';
import type { Database } from './database.ts';

interface IssuanceRow {
  id: string;
  coupon_id: string;
  user_id: string | null;
  ordinal: number;
  sequence: number;
  epoch: number;
  state: RecordedIssuance['state'];
  code: string;
  accepted_at: Date;
  issued_at: Date;
  valid_from: Date;
  valid_until: Date;
}

/** The issuances as rows, one at a time. */
export function postgresIssuanceLedger(database: Database): IssuanceLedger {
  return {
    async findIssuance(id) {
      const { rows } = await database.query<IssuanceRow>(
        `SELECT id, coupon_id, user_id, ordinal, sequence, epoch, state, code, accepted_at,
           issued_at, valid_from, valid_until
         FROM issuances WHERE id = $1`,
        [id],
      );
      return rows[0] && toIssuance(rows[0]);
    },
  };
}

function toIssuance(row: IssuanceRow): RecordedIssuance {
  return {
    id: row.id,
    couponId: row.coupon_id,
    userId: row.user_id,
    ordinal: row.ordinal,
    sequence: row.sequence,
    epoch: row.epoch,
    state: row.state,
    code: row.code,
    acceptedAt: row.accepted_at.getTime(),
    issuedAt: row.issued_at.getTime(),
    validFrom: row.valid_from.getTime(),
    validUntil: row.valid_until.getTime(),
  };
}
