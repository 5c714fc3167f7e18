import { noBody } from '../../api/fields.ts';
import type { ClaimedIssuance, RecordedIssuance } from '../../domain/issuance.ts';
import { isIssuanceId } from '../../domain/issuance.ts';
import type { Wallet } from '../../domain/wallet.ts';
import { json, problem } from '../../http/answer.ts';
import type { Caller } from '../../http/authenticator.ts';
import { hasOneOf } from '../../http/authenticator.ts';
import type { Endpoint } from '../../http/http-handler.ts';
import { actorOf } from '../../http/http-handler.ts';
import type { IssuanceView } from '../../http/issuance-view.ts';
import { viewIssuance } from '../../http/issuance-view.ts';
import { pageOf } from '../../http/page.ts';
import { validate } from '../../http/validation.ts';
import type { ReadIssuanceDependencies } from './read-issuance.ts';
import { readIssuance } from './read-issuance.ts';
import type { RevokeDependencies } from './revoke-issuance.ts';
import { revokeIssuance } from './revoke-issuance.ts';
import { readWalletPage, walletCursor } from './wallet-page.ts';

/** `GET /v1/issuances/{issuanceId}`; another user's is as unknown as one that does not exist. */
export function readIssuanceEndpoint(dependencies: ReadIssuanceDependencies): Endpoint {
  return async ({ parameters, caller }) => {
    const { issuanceId = '' } = parameters;
    if (!isIssuanceId(issuanceId)) return problem('issuance_not_found');
    const reading = await readIssuance(issuanceId, dependencies);
    if (reading.kind === 'cannot_tell') return problem('gate_closed');
    if (reading.kind === 'absent') return problem('issuance_not_found');
    const { issuance } = reading;
    if (!isOwner(caller, issuance) && !seesAnyones(caller)) return problem('issuance_not_found');
    return json(200, viewFor(caller, issuance));
  };
}

/** `GET /v1/issuances?userId=&state=&couponId=&limit=&cursor=`, the newest first. */
export function listIssuancesEndpoint(wallet: Wallet): Endpoint {
  return async ({ request, caller }) => {
    const page = readWalletPage(request, caller);
    if (!page.ok) return page.answer;
    const { query } = page;
    // One more than asked for tells whether there is a next page.
    const found = await wallet.listIssuances({ ...query, limit: query.limit + 1 });
    const view = (issuance: RecordedIssuance): IssuanceView => viewFor(caller, issuance);
    return json(200, pageOf(found, query.limit, view, walletCursor));
  };
}

/** `POST /v1/issuances/{issuanceId}/revoke` */
export function revokeIssuanceEndpoint(dependencies: RevokeDependencies): Endpoint {
  return async (call) => {
    const { issuanceId = '' } = call.parameters;
    if (!isIssuanceId(issuanceId)) return problem('issuance_not_found');
    const validation = validate(noBody, call.body);
    if (!validation.ok) return validation.answer;
    const outcome = await revokeIssuance(issuanceId, actorOf(call), dependencies);
    return outcome.kind === 'refused'
      ? problem(outcome.reason)
      : json(200, viewFor(call.caller, outcome.issuance));
  };
}

function viewFor(caller: Caller, issuance: ClaimedIssuance | RecordedIssuance): IssuanceView {
  return viewIssuance(issuance, isOwner(caller, issuance), seesAnyones(caller));
}

function isOwner(caller: Caller, { userId }: ClaimedIssuance): boolean {
  return userId === caller.userId && hasOneOf(caller, ['coupons:use']);
}

function seesAnyones(caller: Caller): boolean {
  return hasOneOf(caller, ['coupons:checkout', 'coupons:manage']);
}
