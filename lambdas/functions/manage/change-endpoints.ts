import { couponPatch } from '../../api/coupon.ts';
import { noBody } from '../../api/fields.ts';
import type { Actor } from '../../domain/audit.ts';
import type { ChangeOutcome } from '../../domain/change-coupon.ts';
import type { ControlVerb, Propose } from '../../domain/coupon-changes.ts';
import { proposeControl, proposePatch } from '../../domain/coupon-changes.ts';
import { isCouponId } from '../../domain/coupon.ts';
import type { Channel } from '../../domain/notification.ts';
import type { Answer } from '../../http/answer.ts';
import { json, problem } from '../../http/answer.ts';
import type { Call, Endpoint } from '../../http/http-handler.ts';
import { actorOf } from '../../http/http-handler.ts';
import type { Text } from '../../http/text.ts';
import { validate } from '../../http/validation.ts';
import { refuseMissing } from './channels-view.ts';
import { viewForOperators } from './coupon-view.ts';

export type Change = (couponId: string, propose: Propose, actor: Actor) => Promise<ChangeOutcome>;

/**
 * `PATCH /v1/coupons/{couponId}`: what the body does not name stays as it is.
 *
 * @param channels that the environment has
 */
export function patchCouponEndpoint(change: Change, channels: readonly Channel[]): Endpoint {
  return async (call) => {
    const couponId = couponIdOf(call);
    if (couponId === undefined) return problem('coupon_not_found');
    const validation = validate(couponPatch, call.body);
    if (!validation.ok) return validation.answer;
    const { value } = validation;
    return (
      refuseMissing(value.notifications, channels) ??
      toAnswer(await change(couponId, proposePatch(value), actorOf(call)))
    );
  };
}

/** `POST /v1/coupons/{couponId}/pause`, `/resume` and `/close` */
export function controlCouponEndpoint(verb: ControlVerb, change: Change): Endpoint {
  return async (call) => {
    const couponId = couponIdOf(call);
    if (couponId === undefined) return problem('coupon_not_found');
    const validation = validate(noBody, call.body);
    if (!validation.ok) return validation.answer;
    return toAnswer(await change(couponId, proposeControl(verb), actorOf(call)));
  };
}

function couponIdOf({ parameters: { couponId = '' } }: Call): string | undefined {
  return isCouponId(couponId) ? couponId : undefined;
}

function toAnswer(outcome: ChangeOutcome): Answer {
  switch (outcome.kind) {
    case 'done':
      return json(200, viewForOperators(outcome.reading.coupon, outcome.reading.readAt));
    case 'unknown_coupon':
      return problem('coupon_not_found');
    case 'gate_closed':
      return problem('gate_closed');
    case 'closed':
      return problem('invalid_transition', { detail: CLOSED });
    case 'ended':
      return problem('invalid_transition', { detail: ENDED });
    case 'below_given':
      return problem('quantity_below_issued', { detail: belowGiven(outcome.given) });
    case 'end_not_after_start':
      return wrongEnd({ en: 'is not after issueStartsAt', ko: 'issueStartsAt 이후여야 합니다.' });
    case 'end_past':
      return wrongEnd({ en: 'is in the past', ko: '이미 지난 시각입니다.' });
  }
}

const CLOSED: Text = {
  en: 'The coupon is closed, and that is final; only its name and description can be changed.',
  ko: '마감된 쿠폰은 되돌릴 수 없으며, 이름과 설명만 바꿀 수 있습니다.',
};

const ENDED: Text = {
  en: 'The issue window is over; extend it first.',
  ko: '발급 기간이 끝났습니다. 먼저 기간을 연장하세요.',
};

function belowGiven(given: number): Text {
  return {
    en: `${given} are already given; the quantity cannot be less.`,
    ko: `이미 ${given}개가 발급되어 그보다 적은 수량으로 바꿀 수 없습니다.`,
  };
}

function wrongEnd(detail: Text): Answer {
  return problem('invalid_request', { errors: [{ pointer: '/issueEndsAt', detail }] });
}
