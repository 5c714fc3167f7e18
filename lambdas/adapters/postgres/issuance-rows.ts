import type { Hold, LiveRedemption, RecordedIssuance, StoredState } from '../../domain/issuance.ts';
import { issuanceState } from '../../domain/issuance.ts';

export interface IssuanceRow {
  id: string;
  coupon_id: string;
  user_id: string | null;
  ordinal: number;
  sequence: number;
  epoch: number;
  state: StoredState['state'];
  hold_order: string | null;
  held_until: Date | null;
  code: string;
  accepted_at: Date;
  issued_at: Date;
  valid_from: Date;
  valid_until: Date;
  live_id: string | null;
  live_order: string | null;
  live_at: Date | null;
  read_at: Date;
}

/** Of {@link ISSUANCES}. The clock is the same in all of a statement. */
export const ISSUANCE_COLUMNS = `issuances.id, issuances.coupon_id, issuances.user_id,
  issuances.ordinal, issuances.sequence, issuances.epoch, issuances.state, issuances.hold_order,
  issuances.held_until, issuances.code, issuances.accepted_at, issuances.issued_at,
  issuances.valid_from, issuances.valid_until, live.id AS live_id, live.order_id AS live_order,
  live.redeemed_at AS live_at, statement_timestamp() AS read_at`;

export const ISSUANCES = `issuances
  LEFT JOIN redemptions AS live ON live.issuance_id = issuances.id AND live.live`;

export function toIssuance(row: IssuanceRow): RecordedIssuance {
  const validUntil = row.valid_until.getTime();
  const hold = toHold(row);
  const state = issuanceState({ state: row.state, hold, validUntil }, row.read_at.getTime());
  return {
    id: row.id,
    couponId: row.coupon_id,
    userId: row.user_id,
    ordinal: row.ordinal,
    sequence: row.sequence,
    epoch: row.epoch,
    state,
    code: row.code,
    acceptedAt: row.accepted_at.getTime(),
    issuedAt: row.issued_at.getTime(),
    validFrom: row.valid_from.getTime(),
    validUntil,
    hold: state === 'held' ? hold : undefined,
    redemption: toLiveRedemption(row),
  };
}

function toHold({ hold_order, held_until }: IssuanceRow): Hold | undefined {
  if (hold_order === null || held_until === null) return undefined;
  return { orderId: hold_order, until: held_until.getTime() };
}

function toLiveRedemption({
  live_id,
  live_order,
  live_at,
}: IssuanceRow): LiveRedemption | undefined {
  if (live_id === null || live_order === null || live_at === null) return undefined;
  return { id: live_id, orderId: live_order, redeemedAt: live_at.getTime() };
}
