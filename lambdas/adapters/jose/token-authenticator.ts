import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, errors, jwtVerify } from 'jose';
import { isUserId } from '../../domain/claim-record.ts';
import type { Authenticate, Authentication, TokenFault } from '../../http/authenticator.ts';
import { AuthenticationUnavailable } from '../../http/authenticator.ts';

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

/** Signatures only: an HMAC "signed" with the public key, or none at all, is not one of these. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
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
  const options = {
    algorithms: ALGORITHMS,
    issuer: settings.issuer,
    requiredClaims: ['iss', 'exp', 'sub'],
  };
  return async (token) => {
    const hopeless = lookAhead(token, settings);
    if (hopeless !== undefined) return { ok: false, fault: hopeless };
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keysOf(jwks), options);
      const { typ } = protectedHeader;
      if (typ !== undefined && !ACCEPTED_TYPES.has(typ.toLowerCase())) {
        return { ok: false, fault: 'no_access_token' };
      }
      return toCaller(payload, settings.claims);
    } catch (error) {
      return toRefusal(error);
    }
  };
}

const THE_TOKENS_FAULT = [
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
  errors.JOSENotSupported,
];

/**
 * Faults of the key fetch are told from faults of the token. While the issuer is away the keys
 * it had last are good; a key that is not among them may be a new one.
 */
function keysOf(jwks: RemoteKeys): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await jwks(header, token);
    } catch (error) {
      if (THE_TOKENS_FAULT.some((kind) => error instanceof kind)) throw error;
      const lastKnown = jwks.jwks();
      try {
        if (lastKnown) return await createLocalJWKSet(lastKnown)(header, token);
      } catch {
        // Nobody can tell.
      }
      throw new AuthenticationUnavailable("the issuer's keys can't be had", { cause: error });
    }
  };
}

type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

/** Refuses what no signature could save, before any key is fetched for it. */
function lookAhead(
  token: string,
  { issuer, audience, claims: { audienceClaim } }: TokenSettings,
): TokenFault | undefined {
  let claims: JWTPayload;
  try {
    claims = decodeJwt(token);
  } catch {
    return 'not_a_jwt';
  }
  if (claims.iss !== issuer) return 'other_issuer';
  if (![claims[audienceClaim]].flat().includes(audience)) return 'other_audience';
  // Cognito's identity tokens are signed by the same keys.
  if ((claims['token_use'] ?? 'access') !== 'access') return 'no_access_token';
  if (typeof claims.exp !== 'number') return 'no_expiry';
  if (claims.exp * 1000 <= Date.now()) return 'expired';
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

function toRefusal(error: unknown): Authentication {
  if (error instanceof errors.JWTExpired) return { ok: false, fault: 'expired' };
  if (error instanceof errors.JWTClaimValidationFailed) {
    return { ok: false, fault: 'claim_missing_or_wrong' };
  }
  if (error instanceof errors.JOSEError) {
    return { ok: false, fault: 'signature_not_trusted' };
  }
  throw error;
}
