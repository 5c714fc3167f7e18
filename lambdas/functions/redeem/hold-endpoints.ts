import { holdBody, orderId as orderIdSchema } from '../../api/redemption.ts';
import { isIssuanceId } from '../../domain/issuance.ts';
import type { Answer } from '../../http/answer.ts';
import { json, problem } from '../../http/answer.ts';
import type { Endpoint } from '../../http/http-handler.ts';
import { validate } from '../../http/validation.ts';
import type { HoldOutcome } from './hold-issuance.ts';
import type { HoldDependencies } from './hold-issuance.ts';
import { holdIssuance, releaseHold } from './hold-issuance.ts';
import type { ReadForOrderDependencies } from './read-for-order.ts';
import { viewFailure, viewHold } from './redemption-view.ts';

/** `POST /v1/issuances/{issuanceId}/holds` */
export function holdIssuanceEndpoint(dependencies: HoldDependencies): Endpoint {
  return async ({ parameters, body }) => {
    const { issuanceId = '' } = parameters;
    if (!isIssuanceId(issuanceId)) return problem('issuance_not_found');
    const validation = validate(holdBody, body);
    if (!validation.ok) return validation.answer;
    const outcome = await holdIssuance(issuanceId, validation.value, dependencies);
    return toAnswer(outcome, validation.value.orderId);
  };
}

function toAnswer(outcome: HoldOutcome, orderId: string): Answer {
  switch (outcome.kind) {
    case 'held':
      return json(201, viewHold(orderId, outcome.until));
    case 'unmet':
      return problem('conditions_not_met', { failures: outcome.failures.map(viewFailure) });
    case 'refused':
      return problem(outcome.reason);
  }
}

/** `DELETE /v1/issuances/{issuanceId}/holds/{orderId}` */
export function releaseHoldEndpoint(dependencies: ReadForOrderDependencies): Endpoint {
  return async ({ parameters }) => {
    const { issuanceId = '' } = parameters;
    if (!isIssuanceId(issuanceId)) return problem('issuance_not_found');
    const orderId = orderIdOf(parameters['orderId'] ?? '');
    if (orderId === undefined) return problem('hold_not_found');
    const outcome = await releaseHold(issuanceId, orderId, dependencies);
    return outcome.kind === 'released' ? { kind: 'empty', status: 204 } : problem(outcome.reason);
  };
}

/** Undefined for what no order could be called. */
function orderIdOf(segment: string): string | undefined {
  try {
    return orderIdSchema.safeParse(decodeURIComponent(segment)).data;
  } catch {
    return undefined;
  }
}
