import { claim } from './issuances.ts';
import { problemReply, type StandInEndpoints } from './server.ts';
import { countedId, pageOf, type StandInGrant, type StandInState } from './state.ts';

export function operationEndpoints(state: StandInState): StandInEndpoints {
  return {
    createGrant: ({ parameters: { couponId = '' }, body }) => {
      const { userIds } = body as { userIds: readonly string[] };
      const claims = userIds.map((userId) => claim(state, couponId, userId));
      const refused = claims.filter((outcome) => typeof outcome === 'string');
      const isNew = claims.filter((outcome) => typeof outcome === 'object' && outcome.isNew);
      const grant: StandInGrant = {
        id: countedId('grant', state.grants.size + 1, 22),
        couponId,
        total: userIds.length,
        accepted: isNew.length,
        alreadyHad: claims.length - refused.length - isNew.length,
        refused: Object.fromEntries(
          [...new Set(refused)].map((code) => [
            code,
            refused.filter((other) => other === code).length,
          ]),
        ),
        looksLeft: 1,
      };
      state.grants.set(grant.id, grant);
      return { status: 202, body: viewGrant(grant) };
    },
    getGrant: ({ parameters: { grantId = '' } }) => {
      const grant = state.grants.get(grantId);
      if (grant === undefined) return problemReply(404, 'grant_not_found');
      grant.looksLeft -= 1;
      return { status: 200, body: viewGrant(grant) };
    },
    listAudit: ({ query }) => {
      const couponId = query.get('couponId');
      const all = state.audit.filter(
        (entry) => couponId === null || entry['couponId'] === couponId,
      );
      return { status: 200, body: pageOf(all, query) };
    },
    listQuarantine: ({ query }) => {
      const discarded = query.get('discarded') === 'true';
      const all = state.quarantine
        .filter((entry) => (entry.discardedAt !== null) === discarded)
        .map(viewQuarantined);
      return { status: 200, body: pageOf(all, query) };
    },
    discardQuarantined: ({ parameters: { quarantineId } }) => {
      const entry = state.quarantine.find(({ id }) => id === quarantineId);
      if (entry === undefined) return problemReply(404, 'not_found');
      entry.discardedAt ??= new Date().toISOString();
      return { status: 200, body: viewQuarantined(entry) };
    },
  };
}

function viewGrant({ looksLeft, ...grant }: StandInGrant): Record<string, unknown> {
  const done = looksLeft <= 0;
  return {
    ...grant,
    state: done ? 'done' : 'pending',
    duplicates: 0,
    erased: 0,
    ...(done ? {} : { accepted: 0, alreadyHad: 0, refused: {} }),
    pending: done ? 0 : grant.total,
    createdAt: new Date().toISOString(),
  };
}

function viewQuarantined(entry: StandInState['quarantine'][number]): Record<string, unknown> {
  return {
    ...entry,
    topic: 'issuances',
    partition: 0,
    offset: '7',
    detail: 'not JSON',
    couponId: null,
    issuanceId: null,
    createdAt: new Date().toISOString(),
  };
}
