import { noBody } from '../../api/fields.ts';
import { codeBody } from '../../api/redemption.ts';
import { orderBody } from '../../api/order.ts';
import type { Actor } from '../../domain/audit.ts';
import { isIssuanceId } from '../../domain/issuance.ts';
import type { Redemption } from '../../domain/redemption.ts';
import { isRedemptionId, readCode } from '../../domain/redemption.ts';
import type { Answer } from '../../http/answer.ts';
import { json, problem } from '../../http/answer.ts';
import type { Caller } from '../../http/authenticator.ts';
import { hasOneOf } from '../../http/authenticator.ts';
import type { Endpoint } from '../../http/http-handler.ts';
import { actorOf } from '../../http/http-handler.ts';
import { validate } from '../../http/validation.ts';
import type { ReadForOrderDependencies } from './read-for-order.ts';
import type { RedeemDependencies, Redeemer, RedeemOutcome } from './redeem-issuance.ts';
import { quoteIssuance, redeemIssuance } from './redeem-issuance.ts';
import { viewFailure, viewQuote, viewRedemption, viewRollback } from './redemption-view.ts';

/** `POST /v1/issuances/{issuanceId}/redemptions` */
export function redeemIssuanceEndpoint(dependencies: RedeemDependencies): Endpoint {
  return async ({ parameters, caller, body, request: { requestId } }) => {
    const { issuanceId = '' } = parameters;
    if (!isIssuanceId(issuanceId)) return problem('issuance_not_found');
    const validation = validate(orderBody, body);
    if (!validation.ok) return validation.answer;
    const { order } = validation.value;
    const request = { key: { issuanceId }, order, redeemer: redeemerOf(caller), requestId };
    return toAnswer(await redeemIssuance(request, dependencies));
  };
}

/** `POST /v1/redemptions` */
export function redeemCodeEndpoint(dependencies: RedeemDependencies): Endpoint {
  return async ({ caller, body, note, request: { requestId } }) => {
    const validation = validate(codeBody, body);
    if (!validation.ok) return validation.answer;
    const { order, code: typed } = validation.value;
    const code = readCode(typed);
    if (code === undefined) return problem('issuance_not_found');
    const request = { key: { code }, order, redeemer: redeemerOf(caller), requestId };
    const outcome = await redeemIssuance(request, dependencies);
    // The path does not say whose code it was, and the code itself has no place in a log.
    if ('redemption' in outcome) note({ issuanceId: outcome.redemption.issuanceId });
    return toAnswer(outcome);
  };
}

function toAnswer(outcome: RedeemOutcome): Answer {
  switch (outcome.kind) {
    case 'redeemed':
      return json(201, viewRedemption(outcome.redemption));
    case 'replayed':
      return json(200, viewRedemption(outcome.redemption));
    case 'unmet':
      return problem('conditions_not_met', { failures: outcome.failures.map(viewFailure) });
    case 'refused':
      return problem(outcome.reason);
  }
}

/** `POST /v1/issuances/{issuanceId}/quotes` */
export function quoteIssuanceEndpoint(dependencies: ReadForOrderDependencies): Endpoint {
  return async ({ parameters, caller, body, request: { language } }) => {
    const { issuanceId = '' } = parameters;
    if (!isIssuanceId(issuanceId)) return problem('issuance_not_found');
    const validation = validate(orderBody, body);
    if (!validation.ok) return validation.answer;
    const { order } = validation.value;
    const request = { key: { issuanceId }, order, redeemer: redeemerOf(caller) };
    const outcome = await quoteIssuance(request, dependencies);
    if (outcome.kind === 'refused') return problem(outcome.reason);
    return json(200, viewQuote(outcome.quote, language), { 'content-language': language });
  };
}

/** `POST /v1/redemptions/{redemptionId}/rollback` */
export function rollBackEndpoint(
  rollBack: (redemptionId: string, actor: Actor) => Promise<Redemption | undefined>,
): Endpoint {
  return async (call) => {
    const { redemptionId = '' } = call.parameters;
    if (!isRedemptionId(redemptionId)) return problem('redemption_not_found');
    const validation = validate(noBody, call.body);
    if (!validation.ok) return validation.answer;
    const redemption = await rollBack(redemptionId, actorOf(call));
    if (redemption?.rolledBackAt === undefined) return problem('redemption_not_found');
    call.note({ issuanceId: redemption.issuanceId });
    return json(200, viewRollback(redemption, redemption.rolledBackAt));
  };
}

/** The shop's own token may do more than a shopper's, also where one has both scopes. */
function redeemerOf(caller: Caller): Redeemer {
  return hasOneOf(caller, ['coupons:checkout'])
    ? { service: caller.userId }
    : { shopper: caller.userId };
}
