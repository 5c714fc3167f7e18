import { open } from 'node:fs/promises';
import type { Facts } from '../../../local/invariants/facts.ts';
import {
  noRefusalAfterSuccess,
  successIsKept,
} from '../../../local/invariants/invariants-of-replies.ts';
import {
  everyoneGetsTheirShare,
  neverMoreThanTheQuantity,
} from '../../../local/invariants/invariants-of-rows.ts';
import { noUnitIsLost } from '../../../local/invariants/invariants-of-stock.ts';
import { remoteIssuer, type Credentials } from './remote-issuer.ts';
import { readRemoteLedger } from './remote-ledger.ts';
import type { Venue } from './venue.ts';

/** Requests for tokens at once: an issuer is not what is rehearsed. */
const AT_ONCE = 16;

/** What can be told from outside; the others need Kafka and the gates. */
const INVARIANTS = [
  neverMoreThanTheQuantity,
  everyoneGetsTheirShare,
  successIsKept,
  noRefusalAfterSuccess,
  noUnitIsLost,
];

/**
 * A deployed environment, over its public API alone: nothing is broken there, and its promises are
 * counted from what the API exports.
 *
 * @throws Error when its issuer can't be asked
 */
export async function remoteEnvironment(
  api: string,
  issuerUrl: string,
  credentials: Credentials,
): Promise<Venue> {
  const issuer = await remoteIssuer(issuerUrl, credentials);
  return {
    api,
    async mint(prefix, users, file) {
      const out = await open(file, 'w', 0o600);
      try {
        for (let first = 1; first <= users; first += AT_ONCE) {
          const length = Math.min(AT_ONCE, users - first + 1);
          const asked = Array.from({ length }, (_, i) => issuer.userToken(`${prefix}${first + i}`));
          await out.write(`${(await Promise.all(asked)).join('\n')}\n`);
        }
      } finally {
        await out.close();
      }
      return {
        operator: await issuer.serviceToken('coupons:manage'),
        checkout: await issuer.serviceToken('coupons:checkout'),
      };
    },
    strike: () => Promise.reject(new Error('only the local stack is broken')),
    rungSince: () => Promise.resolve(undefined),
    async judge(couponId, { claims, redeems }) {
      // The one of the beginning may have expired meanwhile.
      const token = await issuer.serviceToken('coupons:manage');
      const { coupon, rows } = await readRemoteLedger(api, token, couponId);
      const facts: Facts = {
        ledger: {
          coupons: [coupon],
          rows,
          fences: new Map(),
          quarantine: [],
          redemptions: [],
          granted: [],
          notifications: [],
        },
        log: UNREAD_LOG,
        gates: new Map(),
        replies: claims,
        redeemReplies: redeems,
        rollbackReplies: [],
        readAt: Date.now(),
      };
      return INVARIANTS.map((invariant) => invariant(facts));
    },
  };
}

/** Its first offset says that it is not the whole log: nothing is missed in it. */
const UNREAD_LOG: Facts['log'] = {
  records: { readable: [], quarantined: [] },
  sentAt: new Map(),
  starts: new Map([[0, 1n]]),
  ends: new Map(),
  committed: new Map(),
};
