import type { JWSHeaderParameters, JWTPayload } from 'jose';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
} from 'jose';
import { isUserId } from '../../domain/claim-record.ts';
import type { Authenticate, Authentication, TokenFault } from '../../http/authenticator.ts';
import { AuthenticationUnavailable } from '../../http/authenticator.ts';
import { isKnownAlgorithm, isSignedBy, type PublicKey } from './token-signature.ts';

export interface TokenSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
  /** Where its tokens say what they say; see `config/claim-mapping.ts`. */
  readonly claims: ClaimNames;
}

export interface ClaimNames {
  readonly audienceClaim: string;
  readonly scopeClaims: readonly string[];
  readonly scopeSeparator: string;
  readonly scopePrefix: string;
}

const ACCEPTED_TYPES = new Set(['jwt', 'at+jwt', 'application/at+jwt']);
const JWKS_TIMEOUT_MS = 2_000;
/** Least time between two fetches for an unknown `kid`, so that bad tokens can't storm the issuer. */
const JWKS_COOLDOWN_MS = 30_000;
const JWKS_MAX_AGE_MS = 10 * 60_000;

/**
 * Checks access tokens against the issuer's published keys. Headers that point to keys elsewhere
 * (`jku`, `x5u`, `jwk`) are not looked at.
 */
export function tokenAuthenticator(settings: TokenSettings): Authenticate {
  const jwks = createRemoteJWKSet(new URL(settings.jwksUri), {
    timeoutDuration: JWKS_TIMEOUT_MS,
    cooldownDuration: JWKS_COOLDOWN_MS,
    cacheMaxAge: JWKS_MAX_AGE_MS,
  });
  return async (token) => {
    const claims = decoded(token, decodeJwt);
    if (claims === undefined) return { ok: false, fault: 'not_a_jwt' };
    const hopeless = lookAhead(claims, settings);
    if (hopeless !== undefined) return { ok: false, fault: hopeless };
    const unsigned = await lookAtSignature(token, jwks);
    if (unsigned !== undefined) return { ok: false, fault: unsigned };
    return toCaller(claims, settings.claims);
  };
}

/** Undefined where there is nothing to be read. */
function decoded<Part>(token: string, decode: (token: string) => Part): Part | undefined {
  try {
    return decode(token);
  } catch {
    return undefined;
  }
}

/** Refuses a token that the issuer did not sign, or not as one of those that are asked for. */
async function lookAtSignature(token: string, jwks: RemoteKeys): Promise<TokenFault | undefined> {
  const header: JWSHeaderParameters | undefined = decoded(token, decodeProtectedHeader);
  // What is critical to know (RFC 7515, section 4.1.11) nobody knows here.
  if (header === undefined || !isKnownAlgorithm(header.alg) || header.crit !== undefined) {
    return 'signature_not_trusted';
  }
  const key = await keyOf(header, jwks);
  if (key === undefined || !isSignedBy(token, header.alg, key)) return 'signature_not_trusted';
  return isAcceptedType(header.typ) ? undefined : 'no_access_token';
}

function isAcceptedType(typ: unknown): boolean {
  return typ === undefined || (typeof typ === 'string' && ACCEPTED_TYPES.has(typ.toLowerCase()));
}

const THE_TOKENS_FAULT = [
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
  errors.JOSENotSupported,
];

type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

/**
 * The issuer's key that fits the header's algorithm and id; undefined where it has none, or more
 * than one. Faults of the key fetch are told from faults of the token. While the issuer is away
 * the keys it had last are good; a key that is not among them may be a new one.
 */
async function keyOf(
  header: JWSHeaderParameters,
  jwks: RemoteKeys,
): Promise<PublicKey | undefined> {
  try {
    return await jwks(header);
  } catch (error) {
    if (THE_TOKENS_FAULT.some((kind) => error instanceof kind)) return undefined;
    const lastKnown = jwks.jwks();
    try {
      if (lastKnown) return await createLocalJWKSet(lastKnown)(header);
    } catch {
      // Nobody can tell.
    }
    throw new AuthenticationUnavailable("the issuer's keys can't be had", { cause: error });
  }
}

/** Refuses what no signature could save, before any key is fetched for it. */
function lookAhead(
  claims: JWTPayload,
  { issuer, audience, claims: { audienceClaim } }: TokenSettings,
): TokenFault | undefined {
  if (claims.iss !== issuer) return 'other_issuer';
  if (![claims[audienceClaim]].flat().includes(audience)) return 'other_audience';
  // Cognito's identity tokens are signed by the same keys.
  if ((claims['token_use'] ?? 'access') !== 'access') return 'no_access_token';
  if (typeof claims.exp !== 'number') return 'no_expiry';
  const now = Date.now();
  if (claims.exp * 1000 <= now) return 'expired';
  const { iat, nbf = 0 }: { readonly iat?: unknown; readonly nbf?: unknown } = claims;
  if (iat !== undefined && typeof iat !== 'number') return 'claim_missing_or_wrong';
  if (typeof nbf !== 'number' || nbf * 1000 > now) return 'claim_missing_or_wrong';
  return undefined;
}

function toCaller(payload: JWTPayload, names: ClaimNames): Authentication {
  const { sub } = payload as { readonly sub?: unknown };
  if (!isUserId(sub)) return { ok: false, fault: 'no_user' };
  return { ok: true, caller: { userId: sub, scopes: new Set(scopesOf(payload, names)) } };
}

/** A text by its standard (RFC 8693); the others are as their issuers like. */
const STANDARD_CLAIM = 'scope';

/** Without their prefix; those that have another are another API's. */
function scopesOf(
  payload: JWTPayload,
  { scopeClaims, scopeSeparator, scopePrefix }: ClaimNames,
): string[] {
  return scopeClaims
    .flatMap((name) => {
      const value = payload[name];
      if (typeof value === 'string') return value.split(scopeSeparator);
      return name === STANDARD_CLAIM ? [] : [value].flat();
    })
    .filter((scope) => typeof scope === 'string')
    .filter((scope) => scope.startsWith(scopePrefix))
    .map((scope) => scope.slice(scopePrefix.length));
}
