/** Grants: all that this program knows of their shape is here. */
import * as z from 'zod';
import { count, counts, fieldsOf, id, instant, words } from './tolerant.ts';

/** A job that issues to a list of users. */
export type Grant = z.output<typeof grant>;

const grant = z.object({
  id,
  couponId: id,
  state: words,
  total: count,
  accepted: count,
  /** Users who had one already: they keep it, and count as served. */
  alreadyHad: count,
  /** Users who got none, by the problem's code. */
  refused: counts,
  /** Users who were erased before their turn came. */
  erased: count,
  pending: count,
  createdAt: instant,
  finishedAt: instant,
});

export function readGrant(answered: unknown): Grant {
  return grant.parse(fieldsOf(answered));
}

/** The body of `POST /v1/coupons/{couponId}/grants`. */
export function grantBody(userIds: readonly string[]): unknown {
  return { userIds };
}

export function isDone({ state }: Grant): boolean {
  return state === 'done';
}
