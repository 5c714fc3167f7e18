import type { Action } from './actions.ts';

/** What must be true of one coupon and those who use it, whatever the servers do. */
export interface CouponModel {
  readonly control: 'active' | 'paused' | 'closed';
  readonly quantity: number;
  /** By user. */
  readonly issuances: Readonly<Record<string, IssuanceModel>>;
}

export interface IssuanceModel {
  readonly state: 'issued' | 'held' | 'redeemed' | 'revoked';
  /** Which holds or has redeemed it. */
  readonly order: string | null;
  /** Orders whose redemption was rolled back, in the order of the alphabet. */
  readonly rolledBack: readonly string[];
}

/** The status of the reply, with its code where it is a refusal. */
export type Outcome = string;

export interface Step {
  readonly next: CouponModel;
  readonly outcome: Outcome;
}

export function newCouponModel(quantity: number): CouponModel {
  return { control: 'active', quantity, issuances: {} };
}

/** What this action does if nothing else happens at the same time. */
export function step(model: CouponModel, action: Action): Step {
  const same = (outcome: Outcome): Step => ({ next: model, outcome });
  switch (action.kind) {
    case 'claim':
      return claim(model, action.user);
    case 'pause':
    case 'resume': {
      if (model.control === 'closed') return same('409 invalid_transition');
      const control = action.kind === 'pause' ? 'paused' : 'active';
      return { next: { ...model, control }, outcome: '200' };
    }
    case 'close':
      return { next: { ...model, control: 'closed' }, outcome: '200' };
    case 'change quantity': {
      if (model.control === 'closed') return same('409 invalid_transition');
      const given = Object.keys(model.issuances).length;
      if (action.quantity < given) return same('409 quantity_below_issued');
      return { next: { ...model, quantity: action.quantity }, outcome: '200' };
    }
    default: {
      const issuance = model.issuances[action.user];
      if (issuance === undefined) throw new Error(`${action.user} has no issuance`);
      const { next, outcome } = use(issuance, action);
      return { next: withIssuance(model, action.user, next), outcome };
    }
  }
}

function claim(model: CouponModel, user: string): Step {
  const refused = (code: string): Step => ({ next: model, outcome: `409 ${code}` });
  if (model.issuances[user] !== undefined) return { next: model, outcome: '200' };
  if (model.control === 'closed') return refused('coupon_closed');
  if (model.control === 'paused') return refused('coupon_paused');
  if (Object.keys(model.issuances).length >= model.quantity) return refused('sold_out');
  const issuance: IssuanceModel = { state: 'issued', order: null, rolledBack: [] };
  return { next: withIssuance(model, user, issuance), outcome: '202' };
}

type Use = Extract<
  Action,
  { kind: 'redeem' | 'hold' | 'release' | 'roll back' | 'revoke' | 'read' }
>;

function use(issuance: IssuanceModel, action: Use): { next: IssuanceModel; outcome: Outcome } {
  const to = (outcome: Outcome, changes: Partial<IssuanceModel> = {}) => ({
    next: { ...issuance, ...changes },
    outcome,
  });
  const { state, order } = issuance;
  const isHeldByAnother = (by?: string): boolean => state === 'held' && order !== by;
  switch (action.kind) {
    case 'redeem':
      if (state === 'redeemed' && order === action.order) return to('200');
      if (issuance.rolledBack.includes(action.order)) return to('409 order_rolled_back');
      if (state === 'redeemed') return to('409 already_redeemed');
      if (state === 'revoked') return to('409 issuance_revoked');
      if (isHeldByAnother(action.order)) return to('409 issuance_held');
      return to('201', { state: 'redeemed', order: action.order });
    case 'hold':
      if (issuance.rolledBack.includes(action.order)) return to('409 order_rolled_back');
      if (state === 'redeemed') return to('409 already_redeemed');
      if (state === 'revoked') return to('409 issuance_revoked');
      if (isHeldByAnother(action.order)) return to('409 issuance_held');
      return to('201', { state: 'held', order: action.order });
    case 'release':
      if (state === 'redeemed' && order === action.order) return to('409 already_redeemed');
      if (state !== 'held' || order !== action.order) return to('404 hold_not_found');
      return to('204', { state: 'issued', order: null });
    case 'roll back': {
      if (state !== 'redeemed' || order !== action.order) return to('200');
      const rolledBack = [...issuance.rolledBack, action.order].toSorted();
      return to('200', { state: 'issued', order: null, rolledBack });
    }
    case 'revoke':
      if (state === 'redeemed') return to('409 already_redeemed');
      if (state === 'held') return to('409 issuance_held');
      return to('200', { state: 'revoked' });
    case 'read':
      return to(`200 ${state}`);
  }
}

function withIssuance(model: CouponModel, user: string, issuance: IssuanceModel): CouponModel {
  // In the order of the names: two models that mean the same look the same.
  const entries = Object.entries({ ...model.issuances, [user]: issuance });
  return { ...model, issuances: Object.fromEntries(entries.toSorted(byName)) };
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
