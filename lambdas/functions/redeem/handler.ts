import { isIssuanceId } from '../../domain/issuance.ts';
import { json, problem } from '../../http/answer.ts';
import type { Caller } from '../../http/authenticator.ts';
import { hasOneOf } from '../../http/authenticator.ts';
import type { Endpoint } from '../../http/http-handler.ts';
import { viewIssuance } from '../../http/issuance-view.ts';
import type { ReadIssuanceDependencies } from './read-issuance.ts';
import { readIssuance } from './read-issuance.ts';

/** `GET /v1/issuances/{issuanceId}`; another user's is as unknown as one that does not exist. */
export function readIssuanceEndpoint(dependencies: ReadIssuanceDependencies): Endpoint {
  return async ({ parameters, caller }) => {
    const { issuanceId = '' } = parameters;
    if (!isIssuanceId(issuanceId)) return problem('issuance_not_found');
    const reading = await readIssuance(issuanceId, dependencies);
    if (reading.kind === 'cannot_tell') return problem('gate_closed');
    if (reading.kind === 'absent') return problem('issuance_not_found');
    const { issuance } = reading;
    const isOwner = issuance.userId === caller.userId && caller.scopes.has('coupons:use');
    if (!isOwner && !seesAnyones(caller)) return problem('issuance_not_found');
    return json(200, viewIssuance(issuance, isOwner));
  };
}

function seesAnyones(caller: Caller): boolean {
  return hasOneOf(caller, ['coupons:checkout', 'coupons:manage']);
}
