import { PlainFault } from '../domain/fault-words.ts';
import type { Scope } from '../routes.ts';

/** Who calls. */
export interface Caller {
  /** The token's `sub`. */
  readonly userId: string;
  readonly scopes: ReadonlySet<string>;
}

/** What is wrong with a token. */
export type TokenFault =
  | 'not_a_jwt'
  | 'other_issuer'
  | 'other_audience'
  | 'no_expiry'
  | 'expired'
  | 'no_access_token'
  | 'no_user'
  | 'claim_missing_or_wrong'
  | 'signature_not_trusted';

export type Authentication =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly fault: TokenFault };

/** The issuer's keys could not be had, and none is cached: nobody can be told from anybody. */
export class AuthenticationUnavailable extends PlainFault {
  override readonly name = 'AuthenticationUnavailable';
}

/** Checks access tokens. Rejects with {@link AuthenticationUnavailable}. */
export type Authenticate = (token: string) => Promise<Authentication>;

export function hasOneOf(caller: Caller, scopes: readonly Scope[]): boolean {
  return scopes.some((scope) => caller.scopes.has(scope));
}
