import { Duration } from 'aws-cdk-lib';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import type { CouponFunction } from './coupon-function.ts';

/** Longer than the function itself may take. */
const PATIENCE = Duration.minutes(3);

/**
 * Brings the schema up to date at each deployment that changes a migration, before any other
 * function is changed: the new code never meets the old schema. The old code meets the new one.
 */
export class SchemaMigration extends Construct {
  constructor(
    scope: Construct,
    id: string,
    migrate: CouponFunction,
    others: readonly CouponFunction[],
  ) {
    super(scope, id);
    new Trigger(this, 'Trigger', {
      handler: migrate.lambda,
      timeout: PATIENCE,
      executeAfter: [migrate],
      executeBefore: others.map(({ lambda }) => lambda),
    });
  }
}
