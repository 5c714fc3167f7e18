import type { Scope } from '../routes.ts';

/** Who calls. */
export interface Caller {
  /** The token's `sub`. */
  readonly userId: string;
  readonly scopes: ReadonlySet<string>;
}

export type Authentication =
  | { readonly ok: true; readonly caller: Caller }
  /** `reason` is safe to show: it names what is wrong, nothing of the token. */
  | { readonly ok: false; readonly reason: string };

/** The issuer's keys could not be had, and none is cached: nobody can be told from anybody. */
export class AuthenticationUnavailable extends Error {
  override readonly name = 'AuthenticationUnavailable';
}

/** Checks access tokens. Rejects with {@link AuthenticationUnavailable}. */
export type Authenticate = (token: string) => Promise<Authentication>;

export function hasOneOf(caller: Caller, scopes: readonly Scope[]): boolean {
  return scopes.some((scope) => caller.scopes.has(scope));
}
