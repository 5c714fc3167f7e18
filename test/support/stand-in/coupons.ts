import { couponDefinition } from '../../../lambdas/api/coupon.ts';
import {
  problemReply,
  type StandInCall,
  type StandInEndpoints,
  type StandInReply,
} from './server.ts';
import { countedId, pageOf, type StandInCoupon, type StandInState } from './state.ts';

export function couponEndpoints(state: StandInState): StandInEndpoints {
  const withCoupon =
    (then: (coupon: StandInCoupon, call: StandInCall) => StandInReply) =>
    (call: StandInCall): StandInReply => {
      const coupon = state.coupons.get(call.parameters['couponId'] ?? '');
      return coupon === undefined ? problemReply(404, 'coupon_not_found') : then(coupon, call);
    };
  const steer = (control: StandInCoupon['control'], action: string) =>
    withCoupon((coupon) => {
      if (coupon.control === 'closed') return problemReply(409, 'invalid_transition');
      const details = { before: { control: coupon.control }, after: { control } };
      coupon.control = control;
      state.audit.unshift({ ...auditEntry(state, action, coupon.id), details });
      return { status: 200, body: viewCoupon(coupon, state) };
    });
  return {
    createCoupon: ({ body }) => {
      const checked = couponDefinition.safeParse(body);
      if (!checked.success) {
        const errors = checked.error.issues.map(({ path, message }) => ({
          pointer: `/${path.join('/')}`,
          detail: message,
        }));
        const { status, headers, body: problem } = problemReply(400, 'invalid_request');
        return { status, ...(headers && { headers }), body: { ...(problem as object), errors } };
      }
      const id = countedId('coupon', state.coupons.size + 1, 12);
      const coupon = {
        id,
        definition: body as Record<string, unknown>,
        control: 'active' as const,
      };
      state.coupons.set(id, coupon);
      state.audit.unshift(auditEntry(state, 'coupon.created', id));
      return { status: 201, body: viewCoupon(coupon, state) };
    },
    listCoupons: ({ query }) => {
      const wanted = query.get('state');
      const all = [...state.coupons.values()]
        .toReversed()
        .map((coupon) => viewCoupon(coupon, state))
        .filter((view) => wanted === null || view['state'] === wanted);
      return { status: 200, body: pageOf(all, query) };
    },
    getCoupon: withCoupon((coupon) => ({ status: 200, body: viewCoupon(coupon, state) })),
    changeCoupon: withCoupon((coupon, { body }) => {
      const changed = { ...coupon, definition: { ...coupon.definition, ...(body as object) } };
      if (Number(changed.definition['quantity']) < issuedOf(coupon, state)) {
        return problemReply(409, 'quantity_below_issued');
      }
      state.coupons.set(coupon.id, changed);
      state.audit.unshift(auditEntry(state, 'coupon.changed', coupon.id));
      return { status: 200, body: viewCoupon(changed, state) };
    }),
    pauseCoupon: steer('paused', 'coupon.paused'),
    resumeCoupon: steer('active', 'coupon.resumed'),
    closeCoupon: steer('closed', 'coupon.closed'),
  };
}

function auditEntry(
  state: StandInState,
  action: string,
  couponId: string,
): Record<string, unknown> {
  return {
    id: String(state.audit.length + 1),
    at: new Date().toISOString(),
    actor: 'operator',
    action,
    couponId,
    subject: null,
    details: {},
    requestId: null,
  };
}

export function issuedOf({ id }: StandInCoupon, { issued }: StandInState): number {
  return issued.get(id) ?? 0;
}

function viewCoupon(coupon: StandInCoupon, state: StandInState): Record<string, unknown> {
  const { id, definition } = coupon;
  const issued = issuedOf(coupon, state);
  return {
    perUserLimit: 1,
    description: '',
    conditions: {},
    selfRedeem: false,
    ...definition,
    id,
    state: stateOf(coupon),
    issued,
    remaining: Number(definition['quantity']) - issued,
    createdAt: new Date().toISOString(),
    serverTime: new Date().toISOString(),
  };
}

export function stateOf({ control, definition }: StandInCoupon): string {
  if (control !== 'active') return control;
  const now = Date.now();
  if (now >= Date.parse(String(definition['issueEndsAt']))) return 'ended';
  return now < Date.parse(String(definition['issueStartsAt'])) ? 'scheduled' : 'open';
}
