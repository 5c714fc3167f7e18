/** How an issuer's access tokens say for whom they are and what they allow. */
export interface ClaimMapping {
  /** The claim that names us, a text or a list of them: `aud`, or `client_id` of Cognito's. */
  readonly audienceClaim: string;
  /** The claims with scopes, each a text or a list: `scope`; `permissions`; `scp` and `roles`. */
  readonly scopeClaims: readonly string[];
  /** Between the scopes of a text. */
  readonly scopeSeparator: string;
  /** Before each scope of ours, `server/`: what begins otherwise is none of ours. */
  readonly scopePrefix: string;
}

/** RFC 9068: `aud`, and a `scope` with spaces. */
export const STANDARD_CLAIMS: ClaimMapping = {
  audienceClaim: 'aud',
  scopeClaims: ['scope'],
  scopeSeparator: ' ',
  scopePrefix: '',
};

/**
 * Reads a mapping from JSON, `{"audienceClaim":"client_id","scopePrefix":"coupon-api/"}` say; what
 * is left out is as in {@link STANDARD_CLAIMS}. `scopeClaim` names one claim, or a list of them.
 *
 * @throws Error that names what is wrong
 */
export function readClaimMapping(json: string | undefined): ClaimMapping {
  if (json === undefined) return STANDARD_CLAIMS;
  const { audienceClaim, scopeClaim, scopeSeparator, scopePrefix, ...rest } = parsed(json);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new Error(`JWT_CLAIMS: there is no "${unknown}"`);
  return {
    audienceClaim: text('audienceClaim', audienceClaim) ?? STANDARD_CLAIMS.audienceClaim,
    scopeClaims: names(scopeClaim) ?? STANDARD_CLAIMS.scopeClaims,
    scopeSeparator: text('scopeSeparator', scopeSeparator) ?? STANDARD_CLAIMS.scopeSeparator,
    scopePrefix: prefix(scopePrefix) ?? STANDARD_CLAIMS.scopePrefix,
  };
}

function parsed(json: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error('JWT_CLAIMS is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('JWT_CLAIMS is no object');
  }
  return value as Readonly<Record<string, unknown>>;
}

function text(field: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`JWT_CLAIMS: "${field}" must be a text that is not empty`);
}

function prefix(value: unknown): string | undefined {
  return value === '' ? value : text('scopePrefix', value);
}

function names(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) {
    const name = text('scopeClaim', value);
    return name === undefined ? undefined : [name];
  }
  const list: readonly unknown[] = value;
  if (list.length === 0) throw new Error('JWT_CLAIMS: "scopeClaim" names no claim');
  return list.map((each) => text('scopeClaim', each) ?? '');
}
