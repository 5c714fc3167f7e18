import { isCouponId } from '../domain/coupon.ts';
import { isIssuanceId } from '../domain/issuance.ts';
import type { LogFields, Logger } from '../domain/log-lines.ts';
import type { TokenRouteName } from '../routes.ts';
import type { Answer } from './answer.ts';
import type { PathParameters } from './router.ts';

/** What is known of a request when it is answered. */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly call: { readonly name: TokenRouteName; readonly parameters: PathParameters } | undefined;
  readonly answer: Answer;
  readonly status: number | undefined;
  readonly ms: number;
  /** What the endpoint adds. */
  readonly notes: LogFields;
}

/** One line for each request, a claim's named so; of its path only what has the shape of an id. */
export function logRequest(logger: Logger, request: AnsweredRequest): void {
  const { requestId, call, answer, status, ms, notes } = request;
  const { couponId = '', issuanceId = '' } = call?.parameters ?? {};
  const name = call?.name;
  logger.info(name === 'issueCoupon' ? 'claim' : 'request', {
    requestId,
    route: name,
    couponId: isCouponId(couponId) ? couponId : undefined,
    issuanceId: isIssuanceId(issuanceId) ? issuanceId : undefined,
    status,
    outcome: answer.kind === 'problem' ? answer.code : 'ok',
    ms: tenths(ms),
    ...notes,
  });
}

/** A tenth of a millisecond is as much as such a figure is worth. */
export function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
