import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CouponUserPool } from './constructs/user-pool.ts';
import type { Environment } from './environments/environment.ts';

export interface IdentityStackProps extends StackProps {
  readonly environment: Environment;
}

/** An issuer, for an environment that has none of its own. */
export class IdentityStack extends Stack {
  readonly userPool: CouponUserPool;

  constructor(scope: Construct, id: string, props: IdentityStackProps) {
    super(scope, id, props);
    this.userPool = new CouponUserPool(this, 'Users', props.environment);
  }
}
