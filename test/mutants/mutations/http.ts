import type { Mutation } from '../mutation.ts';

const TOKENS = 'lambdas/adapters/jose/token-authenticator.ts';
const TOKEN_TESTS = 'test/http/token-authenticator.test.ts';
const SIGNATURES = 'lambdas/adapters/jose/token-signature.ts';
const SIGNATURE_TESTS = 'test/http/token-signature.test.ts';
const IDEMPOTENCY = 'lambdas/http/idempotency.ts';
const KEYS = 'test/http/idempotency.test.ts';

export const httpMutations: readonly Mutation[] = [
  {
    name: 'A gate forgets a user while it is being built',
    loss: 'The rebuild loads what it read before the erasure: the name is back.',
    file: 'lambdas/adapters/valkey/gate-scripts.ts',
    find: `if redis.call('HEXISTS', GATE, 'building') == 1 then return -1 end\n`,
    replace: '',
    caughtBy: {
      file: 'test/contract/forget-user.test.ts',
      title: 'says so while it is being built: what is loaded may be older than the erasure',
    },
  },
  {
    name: 'The cache takes any reading of a coupon',
    loss: 'After a pause everybody is shown the coupon as it was before, by a reader who was slower.',
    file: 'lambdas/adapters/valkey/coupon-view-script.ts',
    find: `if version and version > tonumber(ARGV[1]) then return there end\n`,
    replace: '',
    caughtBy: {
      file: 'test/contract/coupon-cache.test.ts',
      title: 'does not go back for a reader who has read the coupon before the change',
    },
  },
  {
    name: 'A token without an expiry is good',
    loss: 'A token that was stolen once is good for ever.',
    file: TOKENS,
    find: `  if (typeof claims.exp !== 'number') return 'no_expiry';
  const now = Date.now();
  if (claims.exp * 1000 <= now) return 'expired';`,
    replace: `  const now = Date.now();
  if (claims.exp !== undefined && claims.exp * 1000 <= now) return 'expired';`,
    caughtBy: { file: TOKEN_TESTS, title: 'is refused when its claims are hopeless' },
  },
  {
    name: 'A token for another service is good',
    loss: 'Whoever runs another service of the same issuer acts here as its users.',
    file: TOKENS,
    find: `  if (![claims[audienceClaim]].flat().includes(audience)) return 'other_audience';\n`,
    replace: '',
    caughtBy: { file: TOKEN_TESTS, title: 'is refused when its claims are hopeless' },
  },
  {
    name: 'A token’s user is taken as it comes',
    loss: 'Two users whose ids are no texts share one, or get as many coupons as they like.',
    file: TOKENS,
    find: `  if (!isUserId(sub)) return { ok: false, fault: 'no_user' };
  return { ok: true, caller: { userId: sub, scopes`,
    replace: `  return { ok: true, caller: { userId: String(sub), scopes`,
    caughtBy: { file: TOKEN_TESTS, title: 'is refused when it is not meant for this' },
  },
  {
    name: 'A token of another type is good',
    loss: 'A token that was made for something else, a proof or an identity, gives access.',
    file: TOKENS,
    find: `(typeof typ === 'string' && ACCEPTED_TYPES.has(typ.toLowerCase()))`,
    replace: `ACCEPTED_TYPES.size > 0`,
    caughtBy: { file: TOKEN_TESTS, title: 'is refused when it is not meant for this' },
  },
  {
    name: 'A signature is not looked at',
    loss: 'Whoever has one token writes what he likes into it.',
    file: TOKENS,
    find: `if (key === undefined || !isSignedBy(token, header.alg, key)) return 'signature_not_trusted';`,
    replace: `if (key === undefined) return 'signature_not_trusted';`,
    also: [
      {
        file: TOKENS,
        find: `import { isKnownAlgorithm, isSignedBy, type PublicKey }`,
        replace: `import { isKnownAlgorithm, type PublicKey }`,
      },
    ],
    caughtBy: { file: TOKEN_TESTS, title: 'is refused when nobody signed it who may' },
  },
  {
    name: 'A token that says what it needs is good for whoever does not know it',
    loss: 'What its issuer restricts by an extension is not restricted here.',
    file: TOKENS,
    find: ` || header.crit !== undefined) {`,
    replace: `) {`,
    caughtBy: { file: TOKEN_TESTS, title: 'is refused when it is not meant for this' },
  },
  {
    name: 'A token is good before its time',
    loss: 'Coupons of tomorrow are claimed today.',
    file: TOKENS,
    find: `if (typeof nbf !== 'number' || nbf * 1000 > now)`,
    replace: `if (typeof nbf !== 'number')`,
    caughtBy: { file: TOKEN_TESTS, title: 'is refused when it is not meant for this' },
  },
  {
    name: 'A token may be of no time',
    loss: 'What jose refuses is taken here: nobody has thought of what it may be good for.',
    file: TOKENS,
    find: `  if (iat !== undefined && typeof iat !== 'number') return 'claim_missing_or_wrong';\n`,
    replace: '',
    also: [
      {
        file: TOKENS,
        find: `const { iat, nbf = 0 }: { readonly iat?: unknown; readonly nbf?: unknown } = claims;`,
        replace: `const { nbf = 0 }: { readonly nbf?: unknown } = claims;`,
      },
    ],
    caughtBy: { file: TOKEN_TESTS, title: 'is refused when it is not meant for this' },
  },
  {
    name: 'An RSA key of any length is one',
    loss: 'An issuer’s forgotten test key is factored, and signs for anybody.',
    file: SIGNATURES,
    find: `modulusLength < LEAST_MODULUS_BITS`,
    replace: `modulusLength < 1`,
    caughtBy: { file: SIGNATURE_TESTS, title: 'is none by an RSA key of less than 2,048 bits' },
  },
  {
    name: 'A signature is read as far as it is one',
    loss: 'A token has many texts, and what refuses one of them lets the others pass.',
    file: SIGNATURES,
    find: `method === undefined || !COMPACT_JWS.test(token)`,
    replace: `method === undefined`,
    caughtBy: { file: SIGNATURE_TESTS, title: 'of %s is none when anything of it is changed' },
  },
  {
    name: 'Keys are those that the token brings along',
    loss: 'Anybody signs tokens for anybody.',
    file: TOKENS,
    find: `    return await jwks(header);\n`,
    replace: `    if (header.jwk !== undefined) {
      return (await importJWK(header.jwk, header.alg)) as PublicKey;
    }
    return await jwks(header);\n`,
    also: [
      {
        file: TOKENS,
        find: `  decodeProtectedHeader,\n`,
        replace: `  decodeProtectedHeader,\n  importJWK,\n`,
      },
    ],
    caughtBy: { file: TOKEN_TESTS, title: 'is refused when nobody signed it who may' },
  },
  {
    name: 'Whoever has an id is shown the issuance',
    loss: 'A user sees what another has, with the state of it and the order that used it.',
    file: 'lambdas/functions/redeem/handler.ts',
    find: `    if (!isOwner(caller, issuance) && !seesAnyones(caller)) return problem('issuance_not_found');\n`,
    replace: '',
    caughtBy: {
      file: 'test/flow/tokens.test.ts',
      title: "does not show another user's issuance, or that there is one",
    },
  },
  {
    name: 'An outcome that is not known is told as an outage',
    loss: 'A shop takes it for "nothing happened", and does the next thing twice.',
    file: 'lambdas/http/faults.ts',
    find: `return problem('outcome_unknown');`,
    replace: `return problem('unavailable');`,
    caughtBy: {
      file: 'test/http/http-handler.test.ts',
      title: 'turns %s into a 503 that shows nothing of it',
    },
  },
  {
    name: 'A fault is logged with its message',
    loss: 'Messages quote what failed: user ids, codes and tokens stand in the log.',
    file: 'lambdas/domain/fault-words.ts',
    find: `  return STATIC_MESSAGE.test(message) ? message : '';`,
    replace: `  return message;`,
    caughtBy: {
      file: 'test/http/http-handler.test.ts',
      title: 'turns %s into a 503 that shows nothing of it',
    },
  },
  {
    name: 'A log line has whatever it is given',
    loss: 'The next field that somebody logs is a user’s id, and nobody notices.',
    file: 'lambdas/config/log-format.ts',
    find: `    if (said === undefined) leftOut += 1;`,
    replace: `    if (said === undefined) kept[name] = value;`,
    caughtBy: { file: 'test/http/log-format.test.ts', title: 'others are left out, and counted' },
  },
  {
    name: 'A request’s path is logged as it came',
    loss: 'Whoever puts a token or a name into a path has it in the log.',
    file: 'lambdas/http/request-line.ts',
    find: `issuanceId: isIssuanceId(issuanceId) ? issuanceId : undefined,`,
    replace: `issuanceId,`,
    caughtBy: {
      file: 'test/http/request-line.test.ts',
      title: 'has the code of the problem, and nothing of a path that names something else',
    },
  },
  {
    name: 'The line of a claim says whose it is',
    loss: 'Whoever may read logs knows who takes part, also after an erasure.',
    file: 'lambdas/functions/issue/handler.ts',
    find: `    const onStep = stepNoted(call);`,
    replace: `    const onStep = stepNoted(call);
    call.note({ reason: claim.userId });`,
    caughtBy: {
      file: 'test/flow/logs.test.ts',
      title: 'has no token, code, address or user id after a day with everything that goes wrong',
    },
  },
  {
    name: 'A key means the same request for all callers',
    loss: 'Who guesses a key is shown the answer of another.',
    file: IDEMPOTENCY,
    find: `sha256(JSON.stringify([caller, key]))`,
    replace: `sha256(JSON.stringify([key]))`,
    caughtBy: { file: KEYS, title: 'of another caller is another key' },
  },
  {
    name: 'A key is freed by an attempt whose outcome is not known',
    loss: 'The next request with the key creates a second coupon beside the first.',
    file: IDEMPOTENCY,
    find: `problems[answer.code].status < 500`,
    replace: `problems[answer.code].status < 600`,
    caughtBy: {
      file: KEYS,
      title: 'does not free the key of an attempt whose outcome is not known',
    },
  },
  {
    name: 'Each try of a keyed request creates something new',
    loss: 'A retry after a lost reply opens a second coupon for the same event.',
    file: IDEMPOTENCY,
    find: `const answer = await run((thing) => idFrom(seed, thing));`,
    replace: `const answer = await run((thing) => idFrom(seed + String(Math.random()), thing));`,
    caughtBy: { file: KEYS, title: '%s is run again, and what it creates has the same id' },
  },
  {
    name: 'A grant’s claims have a key of each run',
    loss: 'A worker that is killed over a chunk gives its users another one when it goes on.',
    file: 'lambdas/functions/grant/work-on-grants.ts',
    find: `idempotencyKey: grant.id };`,
    replace: 'idempotencyKey: `${grant.id}-${clock.monotonic()}` };',
    caughtBy: {
      file: 'test/domain/grants.test.ts',
      title:
        'leaves nothing behind that the next one does not finish, whichever call was its last (%i a user)',
    },
  },
  {
    name: 'A grant settles users whose outcome is not known',
    loss: 'In an outage of Kafka a targeted list is marked as done, and nobody got anything.',
    file: 'lambdas/functions/grant/work-on-grants.ts',
    find: `      onFault('grant claim', error);
      return [];`,
    replace: `      onFault('grant claim', error);
      return [{ position, outcome: { kind: 'sold_out' } }];`,
    caughtBy: {
      file: 'test/domain/grants.test.ts',
      title:
        'keeps users pending while Kafka is in trouble (%s), and gives each one unit afterwards',
    },
  },
  {
    name: 'A connection whose statement timed out is used again',
    loss: 'Its late reply is taken for that of the next statement: one user gets the answer of another.',
    file: 'lambdas/adapters/postgres/database.ts',
    find: `client.release(broken ?? false);`,
    replace: `client.release();`,
    caughtBy: {
      file: 'test/contract/lost-connections.test.ts',
      title: 'a connection on which a statement timed out is not used again',
    },
  },
];
