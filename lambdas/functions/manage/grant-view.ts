import type * as z from 'zod';
import type { grantReply } from '../../api/grant.ts';
import type { Grant } from '../../domain/grant.ts';
import { GRANT_REFUSALS } from '../../domain/grant.ts';
import { rfc3339 } from '../../http/rfc3339.ts';

export function viewGrant(grant: Grant): z.input<typeof grantReply> {
  const { id, couponId, total, duplicates, outcomes, pending, createdAt, finishedAt } = grant;
  const refusals = GRANT_REFUSALS.filter((refusal) => outcomes[refusal] > 0);
  return {
    id,
    couponId,
    state: finishedAt === undefined ? 'pending' : 'done',
    total,
    duplicates,
    accepted: outcomes.accepted,
    alreadyHad: outcomes.already_had,
    refused: Object.fromEntries(refusals.map((refusal) => [refusal, outcomes[refusal]])),
    erased: outcomes.erased,
    pending,
    createdAt: rfc3339(createdAt),
    ...(finishedAt === undefined ? {} : { finishedAt: rfc3339(finishedAt) }),
  };
}
