import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { ClaimMapping, Environment } from '../environments/environment.ts';
import { accept } from './accepted.ts';

/** As in `lambdas/routes.ts`. */
const SCOPES = {
  'coupons:use': 'A shopper: own issuances',
  'coupons:checkout': "The shop's order service: any user's issuances",
  'coupons:manage': 'An operator',
} as const;

/** Of the resource server: its access tokens say `coupon-api/coupons:use`. */
const SERVER = 'coupon-api';

/** Cognito's access tokens have no `aud`: they say which client they were given to. */
export const COGNITO_CLAIMS: ClaimMapping = {
  audienceClaim: 'client_id',
  scopeClaim: 'scope',
  scopeSeparator: ' ',
  scopePrefix: `${SERVER}/`,
};

/**
 * A user pool for whoever has no issuer of their own, with one client that gets tokens of all
 * scopes by its own secret: enough to try the API, not for shoppers.
 */
export class CouponUserPool extends Construct {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly tokenEndpoint: string;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string, { name, removalPolicy }: Environment) {
    super(scope, id);
    const pool = new UserPool(this, 'Pool', {
      featurePlan: FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { sms: false, otp: true },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy,
    });
    accept(pool, { COG8: 'It has no users who could be attacked: its one client is a program' });
    const { account, region, urlSuffix } = Stack.of(this);
    const domain = pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: `coupon-${name}-${account}` },
    });
    const scopes = Object.entries(SCOPES).map(
      ([scopeName, scopeDescription]) => new ResourceServerScope({ scopeName, scopeDescription }),
    );
    const server = pool.addResourceServer('Api', { identifier: SERVER, scopes });
    this.client = pool.addClient('Client', {
      generateSecret: true,
      authFlows: {},
      oAuth: {
        flows: { clientCredentials: true },
        scopes: scopes.map((allowed) => OAuthScope.resourceServer(server, allowed)),
      },
      preventUserExistenceErrors: true,
    });
    this.issuer = `https://cognito-idp.${region}.${urlSuffix}/${pool.userPoolId}`;
    this.jwksUri = `${this.issuer}/.well-known/jwks.json`;
    this.tokenEndpoint = `${domain.baseUrl()}/oauth2/token`;
  }
}
