import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { CouponDatabase } from './constructs/coupon-database.ts';
import { IssuanceIdSecret } from './constructs/issuance-id-secret.ts';
import { IssuanceStream } from './constructs/issuance-stream.ts';
import { StockCache } from './constructs/stock-cache.ts';
import type { Environment } from './environments/environment.ts';

export interface DataStackProps extends StackProps {
  readonly environment: Environment;
  readonly vpc: IVpc;
}

/** Everything that keeps something: gates, log, ledger, and the secret of the ids. */
export class DataStack extends Stack {
  readonly cache: StockCache;
  readonly stream: IssuanceStream;
  readonly database: CouponDatabase;
  readonly issuanceIdSecret: IssuanceIdSecret;
  readonly key: Key;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { environment, vpc } = props;
    this.key = new Key(this, 'Key', {
      description: `Data at rest of coupon ${environment.name}`,
      enableKeyRotation: true,
      removalPolicy: environment.removalPolicy,
    });
    const { key } = this;
    this.cache = new StockCache(this, 'StockCache', { environment, vpc, key });
    this.stream = new IssuanceStream(this, 'IssuanceStream', { environment, vpc, key });
    this.database = new CouponDatabase(this, 'Database', { environment, vpc, key });
    this.issuanceIdSecret = new IssuanceIdSecret(this, 'IssuanceIdSecret', { environment, key });
  }
}
