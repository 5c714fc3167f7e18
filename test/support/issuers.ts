import type { JWTHeaderParameters, JWTPayload } from 'jose';
import type { TokenFault } from '../../lambdas/http/authenticator.ts';

/** What a token of an issuer says, as its documentation shows it. */
export interface GoldenToken {
  readonly what: string;
  readonly header?: Partial<JWTHeaderParameters> | undefined;
  readonly claims: JWTPayload;
  /** Who it is for, and what it allows, if it is taken. */
  readonly user?: string;
  readonly scopes?: readonly string[];
  /** Why not. */
  readonly fault?: TokenFault;
}

export interface Issuer {
  readonly name: string;
  readonly issuer: string;
  /** `JWT_AUDIENCE` */
  readonly audience: string;
  /** `JWT_CLAIMS` */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly taken: readonly GoldenToken[];
  readonly refused: readonly GoldenToken[];
}

const CLIENT = '6fakeclientid00000000000ab';
const USER = '5f0b1c7e-2c2b-4f0e-9a55-0d4c2f6a7b11';

const cognitoAccess = {
  sub: USER,
  token_use: 'access',
  client_id: CLIENT,
  scope: 'openid coupon-api/coupons:use',
  username: 'kim',
  version: 2,
  jti: '8c0b…',
};

/** Access tokens have no `aud`; scopes are `<resource server>/<scope>`. */
const cognito: Issuer = {
  name: 'Cognito',
  issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI',
  audience: CLIENT,
  claims: { audienceClaim: 'client_id', scopePrefix: 'coupon-api/' },
  taken: [
    { what: 'a user', claims: cognitoAccess, user: USER, scopes: ['coupons:use'] },
    {
      what: 'a service, by its client credentials',
      claims: { ...cognitoAccess, sub: CLIENT, scope: 'coupon-api/coupons:checkout' },
      user: CLIENT,
      scopes: ['coupons:checkout'],
    },
    {
      what: "a user whose scope is another server's",
      claims: { ...cognitoAccess, scope: 'other-api/coupons:manage coupons:manage' },
      user: USER,
      scopes: [],
    },
  ],
  refused: [
    {
      what: "the user's identity token",
      claims: { sub: USER, aud: CLIENT, token_use: 'id', email: 'kim@example.com' },
      fault: 'other_audience',
    },
    {
      what: 'an identity token that names the client as access tokens do',
      claims: { ...cognitoAccess, token_use: 'id' },
      fault: 'no_access_token',
    },
    {
      what: "another client's",
      claims: { ...cognitoAccess, client_id: 'another' },
      fault: 'other_audience',
    },
  ],
};

const keycloakAccess = {
  sub: USER,
  aud: ['coupon-api', 'account'],
  typ: 'Bearer',
  azp: 'shop-web',
  scope: 'openid profile coupons:use',
  realm_access: { roles: ['offline_access'] },
  preferred_username: 'kim',
};

const keycloak: Issuer = {
  name: 'Keycloak',
  issuer: 'https://id.example.com/realms/shop',
  audience: 'coupon-api',
  taken: [
    {
      what: 'a user',
      header: { typ: 'JWT' },
      claims: keycloakAccess,
      user: USER,
      scopes: ['openid', 'profile', 'coupons:use'],
    },
  ],
  refused: [
    {
      what: "the client's identity token",
      header: { typ: 'JWT' },
      claims: { ...keycloakAccess, aud: 'shop-web', typ: 'ID' },
      fault: 'other_audience',
    },
  ],
};

const auth0Access = {
  sub: 'auth0|64f0c0ffee',
  aud: ['coupon-api', 'https://shop.eu.auth0.com/userinfo'],
  azp: 'spa',
  scope: 'openid profile coupons:use',
};

/** With "Add Permissions in the Access Token" the rights are in an array, and scopes are wishes. */
const auth0: Issuer = {
  name: 'Auth0, by permissions',
  issuer: 'https://shop.eu.auth0.com/',
  audience: 'coupon-api',
  claims: { scopeClaim: 'permissions' },
  taken: [
    {
      what: 'a user',
      header: { typ: 'at+jwt' },
      claims: { ...auth0Access, permissions: ['coupons:use'] },
      user: 'auth0|64f0c0ffee',
      scopes: ['coupons:use'],
    },
    {
      what: 'a user without permissions',
      header: { typ: 'JWT' },
      claims: { ...auth0Access, scope: 'coupons:manage', permissions: [] },
      user: 'auth0|64f0c0ffee',
      scopes: [],
    },
  ],
  refused: [
    {
      what: 'for the user profile only',
      header: { typ: 'JWT' },
      claims: { ...auth0Access, aud: 'https://shop.eu.auth0.com/userinfo' },
      fault: 'other_audience',
    },
  ],
};

const auth0ByScope: Issuer = {
  name: 'Auth0, by scope',
  issuer: 'https://shop.eu.auth0.com/',
  audience: 'coupon-api',
  taken: [
    {
      what: 'a service, by its client credentials',
      header: { typ: 'JWT' },
      claims: { sub: 'm2m@clients', aud: 'coupon-api', scope: 'coupons:checkout', gty: 'x' },
      user: 'm2m@clients',
      scopes: ['coupons:checkout'],
    },
  ],
  refused: [
    {
      what: "another API's",
      header: { typ: 'JWT' },
      claims: { sub: 'm2m@clients', aud: 'orders-api', scope: 'coupons:checkout' },
      fault: 'other_audience',
    },
  ],
};

const API = 'c0ffee00-1111-2222-3333-444455556666';

const entraAccess = {
  aud: API,
  sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
  oid: USER,
  tid: '72f988bf-0000-0000-0000-2d7cd011db47',
  ver: '2.0',
};

/** A user's rights are in `scp`, a text; a service's in `roles`, an array. */
const entra: Issuer = {
  name: 'Entra ID',
  issuer: 'https://login.microsoftonline.com/72f988bf-0000-0000-0000-2d7cd011db47/v2.0',
  audience: API,
  claims: { scopeClaim: ['scp', 'roles'] },
  taken: [
    {
      what: 'a user',
      header: { typ: 'JWT' },
      claims: { ...entraAccess, scp: 'coupons:use coupons:manage' },
      user: entraAccess.sub,
      scopes: ['coupons:use', 'coupons:manage'],
    },
    {
      what: 'a service',
      header: { typ: 'JWT' },
      claims: { ...entraAccess, idtyp: 'app', roles: ['coupons:checkout'] },
      user: entraAccess.sub,
      scopes: ['coupons:checkout'],
    },
    {
      what: 'a user whose claims have another shape',
      header: { typ: 'JWT' },
      claims: { ...entraAccess, scp: 7, roles: [['coupons:manage'], null] },
      user: entraAccess.sub,
      scopes: [],
    },
  ],
  refused: [
    {
      what: "another tenant's",
      header: { typ: 'JWT' },
      claims: { ...entraAccess, iss: 'https://login.microsoftonline.com/other/v2.0' },
      fault: 'other_issuer',
    },
  ],
};

export const issuers: readonly Issuer[] = [cognito, keycloak, auth0, auth0ByScope, entra];
