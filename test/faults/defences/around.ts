import type { Bug } from '../../mutants/mutation.ts';
import { knownBug, type Defence } from './defence.ts';

const TOKENS = 'lambdas/adapters/jose/token-authenticator.ts';
const SCRIPTS = 'lambdas/adapters/valkey/gate-scripts.ts';

/** Several known ones together: each of them is a defence of its own. */
function together(name: string, first: Bug, ...others: readonly Bug[]): Bug {
  return { ...first, name, also: [...(first.also ?? []), ...others] };
}

const existingClaimLast = knownBug('State and window are checked before the existing claim');

export const aroundDefences: readonly Defence[] = [
  {
    row: '32',
    bug: {
      name: 'What was let in later than now is not swept before its time has come',
      file: SCRIPTS,
      find: `if accepted_at <= latest or accepted_at > now then`,
      replace: `if accepted_at <= latest then`,
    },
  },
  { row: '32b', bug: existingClaimLast },
  { row: '32c', bug: knownBug('A gate that is missing is made by the first claim') },
  {
    row: '33',
    bug: {
      name: 'A token whose key can’t be had is refused',
      file: TOKENS,
      find: `    throw new AuthenticationUnavailable("the issuer's keys can't be had", { cause: error });`,
      replace: `    return undefined;`,
    },
  },
  {
    row: '33b',
    bug: {
      name: 'An issuer that says nothing is waited for',
      file: TOKENS,
      find: `const JWKS_TIMEOUT_MS = 2_000;`,
      replace: `const JWKS_TIMEOUT_MS = 60_000;`,
    },
  },
  {
    row: '33c',
    bug: {
      name: 'Keys are asked for anew only when they have grown old',
      file: TOKENS,
      find: `cooldownDuration: JWKS_COOLDOWN_MS,`,
      replace: `cooldownDuration: JWKS_MAX_AGE_MS,`,
    },
  },
  {
    row: '35',
    bug: {
      name: 'A lease is its holder’s until they release it',
      file: 'lambdas/adapters/postgres/restore-leases.ts',
      find: `WHERE held.until < now() OR held.holder = excluded.holder`,
      replace: `WHERE held.holder = excluded.holder`,
    },
  },
  {
    row: '36',
    bug: together(
      'A rebuilder goes on whatever another has done since it began',
      knownBug('PostgreSQL’s epoch is not looked at before the load'),
      knownBug('A fence is stored for an epoch that is over'),
      knownBug('A gate is emptied by whoever says so'),
    ),
  },
  {
    row: '36b',
    bug: {
      name: 'A gate is opened by whoever says so',
      file: SCRIPTS,
      find: `if not is_building() then return 0 end
if redis.call('HLEN', CLAIMS) ~= tonumber(ARGV[2]) then return 0 end`,
      replace: '',
    },
  },
  { row: '34', bug: knownBug('A lost answer passes for a yes') },
  { row: '37', bug: knownBug('A late record is inserted') },
  {
    row: '38',
    bug: knownBug(
      'A repeated claim is answered from its duplicate key, without waiting for the publish',
    ),
  },
  { row: '39', bug: knownBug('A gate that is missing is made by the first claim') },
];
