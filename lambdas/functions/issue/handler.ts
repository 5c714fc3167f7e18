import { isCouponId } from '../../domain/coupon.ts';
import type { Answer } from '../../http/answer.ts';
import { json, problem } from '../../http/answer.ts';
import type { Call, Endpoint } from '../../http/http-handler.ts';
import { viewIssuance } from '../../http/issuance-view.ts';
import type { IssueDependencies, IssueOutcome } from '../../domain/issue-coupon.ts';
import { issueCoupon } from '../../domain/issue-coupon.ts';

/** `POST /v1/coupons/{couponId}/issuances` */
export function issueEndpoint(dependencies: IssueDependencies): Endpoint {
  return async (call) => {
    const { couponId = '' } = call.parameters;
    if (!isCouponId(couponId)) return problem('coupon_not_found');
    if (!isEmptyBody(call.body)) return unexpectedBody();
    const key = idempotencyKey(call);
    if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) return wrongIdempotencyKey();
    const claim = { couponId, userId: call.caller.userId, idempotencyKey: key };
    return toAnswer(await issueCoupon(claim, dependencies), claim.userId);
  };
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

function idempotencyKey({ request }: Call): string | undefined {
  const values = request.headers('idempotency-key');
  return values.length === 0 ? undefined : values.join(',');
}

function isEmptyBody(body: unknown): boolean {
  if (body === undefined) return true;
  return (
    typeof body === 'object' &&
    body !== null &&
    !Array.isArray(body) &&
    Object.keys(body).length === 0
  );
}

function toAnswer(outcome: IssueOutcome, userId: string): Answer {
  switch (outcome.kind) {
    case 'accepted':
    case 'repeated': {
      const { issuance } = outcome;
      const location = `/v1/issuances/${issuance.id}`;
      const status = outcome.kind === 'accepted' ? 202 : 200;
      // One from before its user was erased is nobody's: it counts, and its code stays secret.
      return json(status, viewIssuance(issuance, issuance.userId === userId), { location });
    }
    case 'refused':
      return outcome.reason === 'idempotency_key_required'
        ? missingIdempotencyKey()
        : problem(outcome.reason);
    case 'unknown_coupon':
      return problem('coupon_not_found');
    case 'gate_closed':
      return problem('gate_closed');
  }
}

function unexpectedBody(): Answer {
  return problem('invalid_request', {
    errors: [
      {
        pointer: '',
        detail: { en: 'The body is empty or {}.', ko: '본문은 비어 있거나 {}여야 합니다.' },
      },
    ],
  });
}

function wrongIdempotencyKey(): Answer {
  return problem('invalid_request', {
    detail: {
      en: 'The Idempotency-Key header is 1 to 255 visible ASCII characters.',
      ko: 'Idempotency-Key 헤더는 공백 없는 ASCII 문자 1~255자여야 합니다.',
    },
  });
}

function missingIdempotencyKey(): Answer {
  return problem('invalid_request', {
    detail: {
      en: 'This coupon is given several times to a user: an Idempotency-Key header must tell a retry from a new claim.',
      ko: '한 사람에게 여러 번 발급되는 쿠폰입니다. Idempotency-Key 헤더로 재시도와 새 요청을 구분해야 합니다.',
    },
  });
}
