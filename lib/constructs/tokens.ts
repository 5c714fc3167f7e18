import type { Environment } from '../environments/environment.ts';
import type { CouponFunction } from './coupon-function.ts';
import type { DeploymentValues } from './deployment-values.ts';
import { COGNITO_CLAIMS, type CouponUserPool } from './user-pool.ts';

/** Whose tokens the API takes: the user pool's, or those of an issuer that is there already. */
export class Tokens {
  readonly issuer: string;
  readonly jwksUri: string;
  private readonly audience: string;
  private readonly claims: string | undefined;

  constructor(
    { issuer }: Environment,
    values: DeploymentValues,
    userPool: CouponUserPool | undefined,
  ) {
    this.issuer = userPool?.issuer ?? values.get('issuer');
    this.jwksUri = userPool?.jwksUri ?? values.get('jwksUri');
    this.audience = userPool?.client.userPoolClientId ?? values.get('audience');
    const claims = issuer.kind === 'own' ? issuer.claims : COGNITO_CLAIMS;
    this.claims = claims && JSON.stringify(claims);
  }

  serve(reader: CouponFunction): void {
    reader.tell('issuer', this.issuer);
    reader.tell('audience', this.audience);
    reader.tell('jwksUri', this.jwksUri);
    if (this.claims !== undefined) reader.tell('claims', this.claims);
    reader.reachAws();
  }
}
