import type { Actor } from '../../domain/audit.ts';
import { isUserId } from '../../domain/claim-record.ts';
import { problem } from '../../http/answer.ts';
import type { Endpoint } from '../../http/http-handler.ts';
import { actorOf } from '../../http/http-handler.ts';

/** `DELETE /v1/users/{userId}`: 204 also for a user who is not known, or was erased before. */
export function eraseUserEndpoint(
  eraseUser: (userId: string, actor: Actor) => Promise<void>,
): Endpoint {
  return async (call) => {
    const userId = decoded(call.parameters['userId'] ?? '');
    if (!isUserId(userId)) return problem('not_found');
    await eraseUser(userId, actorOf(call));
    return { kind: 'empty', status: 204 };
  };
}

/** A segment of a path; undefined if it is not percent-encoded UTF-8. */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
