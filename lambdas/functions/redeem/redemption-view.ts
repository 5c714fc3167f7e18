import type * as z from 'zod';
import type {
  holdReply,
  quoteReply,
  redemptionReply,
  rollbackReply,
} from '../../api/redemption.ts';
import type { OrderQuote, UseFailure } from '../../domain/redeem-decision.ts';
import type { Redemption } from '../../domain/redemption.ts';
import { failedCondition } from '../../http/condition-texts.ts';
import type { FailedCondition } from '../../http/problems.ts';
import { problems } from '../../http/problems.ts';
import { rfc3339 } from '../../http/rfc3339.ts';
import type { Language } from '../../http/text.ts';

/** A redemption as it was when it was made: the same in every answer. */
export function viewRedemption(redemption: Redemption): z.input<typeof redemptionReply> {
  return {
    id: redemption.id,
    issuanceId: redemption.issuanceId,
    orderId: redemption.orderId,
    discount: redemption.discount,
    payable: redemption.payable,
    currency: redemption.currency,
    allocations: [...redemption.allocations],
    redeemedAt: rfc3339(redemption.redeemedAt),
  };
}

export function viewRollback(
  redemption: Redemption,
  rolledBackAt: number,
): z.input<typeof rollbackReply> {
  return { ...viewRedemption(redemption), rolledBackAt: rfc3339(rolledBackAt) };
}

export function viewQuote(quote: OrderQuote, language: Language): z.input<typeof quoteReply> {
  const { eligible, discount, payable, currency, allocations, failures } = quote;
  return {
    eligible,
    discount,
    payable,
    currency,
    allocations: [...allocations],
    failures: failures.map(viewFailure).map(({ code, detail }) => ({
      code,
      detail: detail[language],
    })),
  };
}

export function viewHold(orderId: string, until: number): z.input<typeof holdReply> {
  return { orderId, expiresAt: rfc3339(until) };
}

/** Why an order can not redeem: what the issuance says, in the words of the problem it would be. */
export function viewFailure(failure: UseFailure): FailedCondition {
  switch (failure.code) {
    case 'not_yet_valid': {
      const from = rfc3339(failure.validFrom);
      const detail = {
        en: `The coupon can be used from ${from} on.`,
        ko: `${from}부터 사용할 수 있는 쿠폰입니다.`,
      };
      return { code: failure.code, detail };
    }
    case 'already_redeemed':
    case 'issuance_expired':
    case 'issuance_held':
    case 'issuance_revoked':
    case 'order_rolled_back': {
      const { en, ko } = problems[failure.code].title;
      return { code: failure.code, detail: { en: `${en}.`, ko: `${ko}.` } };
    }
    default:
      return failedCondition(failure);
  }
}
