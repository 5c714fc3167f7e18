/** Whom a token is for and what it allows. */
export interface Grant {
  /** The user, or the client for client credentials. */
  readonly subject: string;
  /** Scopes separated by spaces; undefined leaves the claim out. */
  readonly scope: string | undefined;
  readonly expiresIn_s: number;
}

/** Lifetime of a token that asks for none. */
export const defaultLifetime_s = 3600;

/** Clocks that are behind by less than this take a new token. */
const clockAllowance_s = 10;

/** The claims of an access token; the issuer and `npm run token` both make them here, so they can't differ. */
export function accessTokenClaims(
  grant: Grant & { readonly issuer: string; readonly audience: string },
  now_s: number,
): Record<string, string | number> {
  return {
    iss: grant.issuer,
    sub: grant.subject,
    aud: grant.audience,
    iat: now_s,
    nbf: now_s - clockAllowance_s,
    exp: now_s + grant.expiresIn_s,
    ...(grant.scope === undefined ? {} : { scope: grant.scope }),
  };
}
