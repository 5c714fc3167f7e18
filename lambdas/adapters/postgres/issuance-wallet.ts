import type { RecordedState } from '../../domain/issuance.ts';
import type { Wallet, WalletQuery } from '../../domain/wallet.ts';
import type { Database } from './database.ts';
import type { IssuanceRow } from './issuance-rows.ts';
import { ISSUANCE_COLUMNS, ISSUANCES, toIssuance } from './issuance-rows.ts';

/** The issuances of one user, by the index on users. */
export function postgresWallet(database: Database): Wallet {
  return {
    async listIssuances(query) {
      const { userId, couponId, limit, after } = query;
      const { rows } = await database.query<IssuanceRow>(list(query), [
        userId,
        limit,
        ...(after === undefined ? [] : [new Date(after.acceptedAt), after.id]),
        ...(couponId === undefined ? [] : [couponId]),
      ]);
      return rows.map(toIssuance);
    },
  };
}

/** `issuanceState` of the domain, as conditions on rows. */
const IN_STATE: Record<RecordedState, string> = {
  redeemed: `state = 'redeemed'`,
  revoked: `state = 'revoked'`,
  expired: `state IN ('issued', 'held') AND valid_until <= statement_timestamp()`,
  held: `state = 'held' AND held_until > statement_timestamp()
    AND valid_until > statement_timestamp()`,
  issued: `(state = 'issued' OR (state = 'held' AND held_until <= statement_timestamp()))
    AND valid_until > statement_timestamp()`,
};

function list({ state, couponId, after }: WalletQuery): string {
  return `SELECT ${ISSUANCE_COLUMNS} FROM ${ISSUANCES}
    WHERE user_id = $1
    ${after === undefined ? '' : 'AND (accepted_at, issuances.id) < ($3, $4)'}
    ${couponId === undefined ? '' : `AND issuances.coupon_id = $${after === undefined ? 3 : 5}`}
    ${state === undefined ? '' : `AND ${IN_STATE[state]}`}
    ORDER BY accepted_at DESC, issuances.id DESC LIMIT $2`;
}
