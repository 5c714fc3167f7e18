import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Environment } from '../environments/environment.ts';
import { accept } from './accepted.ts';
import type { CouponFunction } from './coupon-function.ts';

export interface IssuanceIdSecretProps {
  readonly environment: Environment;
  readonly key: IKey;
}

/**
 * What ids of issuances are derived with. It never changes: another one gives a user who claims
 * again another id, and so a second coupon.
 */
export class IssuanceIdSecret extends Construct {
  private readonly secret: Secret;
  private readonly key: IKey;

  constructor(scope: Construct, id: string, { environment, key }: IssuanceIdSecretProps) {
    super(scope, id);
    this.key = key;
    this.secret = new Secret(this, 'Secret', {
      description: `Ids of issuances, coupon ${environment.name}; never to be changed`,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      encryptionKey: key,
      removalPolicy: environment.removalPolicy,
    });
    accept(this.secret, {
      SMG4: 'Ids are derived with it: rotated, a user who claims again would get a second coupon',
    });
  }

  serve(reader: CouponFunction): void {
    reader.tell('issuanceIdSecretArn', this.secret.secretArn);
    reader.allow(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue'],
        resources: [this.secret.secretArn],
      }),
      new PolicyStatement({ actions: ['kms:Decrypt'], resources: [this.key.keyArn] }),
    );
    reader.reachAws();
  }
}
