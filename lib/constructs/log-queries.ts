import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { insightsText, LOG_QUERIES } from '../logs/queries.ts';
import type { FunctionName } from '../functions.ts';
import type { CouponFunction } from './coupon-function.ts';

/** The questions of an event, saved in CloudWatch Logs Insights under `coupon-<environment>/`. */
export class LogQueries extends Construct {
  constructor(
    scope: Construct,
    id: string,
    environmentName: string,
    functions: Readonly<Record<FunctionName, CouponFunction>>,
  ) {
    super(scope, id);
    const all = Object.keys(functions) as FunctionName[];
    for (const query of LOG_QUERIES) {
      new CfnQueryDefinition(this, query.name.replaceAll(/[^A-Za-z]/g, ''), {
        name: `coupon-${environmentName}/${query.name}`,
        queryString: insightsText(query),
        logGroupNames: (query.of ?? all).map(
          (name) => functions[name].lambda.logGroup.logGroupName,
        ),
      });
    }
  }
}
