import { isCouponId } from '../../domain/coupon.ts';
import type { Answer } from '../../http/answer.ts';
import { json, problem } from '../../http/answer.ts';
import type { Call, Endpoint } from '../../http/http-handler.ts';
import { readIdempotencyKey } from '../../http/idempotency-key.ts';
import { tenths } from '../../http/request-line.ts';
import { viewIssuance } from '../../http/issuance-view.ts';
import type { ClaimStep, IssueDependencies, IssueOutcome } from '../../domain/issue-coupon.ts';
import { issueCoupon } from '../../domain/issue-coupon.ts';

/** `POST /v1/coupons/{couponId}/issuances` */
export function issueEndpoint(dependencies: IssueDependencies): Endpoint {
  return async (call) => {
    const { couponId = '' } = call.parameters;
    if (!isCouponId(couponId)) return problem('coupon_not_found');
    if (!isEmptyBody(call.body)) return unexpectedBody();
    const reading = readIdempotencyKey(call.request);
    if (!reading.ok) return reading.answer;
    const { requestId, traceParent } = call.request;
    const claim = {
      couponId,
      userId: call.caller.userId,
      idempotencyKey: reading.key,
      origin: { requestId, traceParent },
    };
    const onStep = stepNoted(call);
    const outcome = await issueCoupon(claim, { ...dependencies, onStep });
    if (outcome.kind === 'accepted' || outcome.kind === 'repeated') {
      call.note({ outcome: outcome.kind, issuanceId: outcome.issuance.id });
    }
    return toAnswer(outcome, claim.userId);
  };
}

/** Of a claim that fails half-way, too: which issuance it may become, and what took so long. */
function stepNoted({ note }: Pick<Call, 'note'>): (step: ClaimStep) => void {
  return ({ step, ms, issuanceId }) => {
    if (step === 'gate') note({ gateMs: tenths(ms), issuanceId });
    else note({ publishMs: tenths(ms) });
  };
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

function missingIdempotencyKey(): Answer {
  return problem('invalid_request', {
    detail: {
      en: 'This coupon is given several times to a user: an Idempotency-Key header must tell a retry from a new claim.',
      ko: '한 사람에게 여러 번 발급되는 쿠폰입니다. Idempotency-Key 헤더로 재시도와 새 요청을 구분해야 합니다.',
    },
  });
}
