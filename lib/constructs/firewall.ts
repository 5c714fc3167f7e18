import { ArnFormat, Stack } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { Environment } from '../environments/environment.ts';

/** AWS' rule groups, and those of their rules that only count here, with the reason. */
const MANAGED: readonly (readonly [group: string, counted: readonly string[]])[] = [
  // The first blocks bodies above 8 KB, a grant's list of users; the second programs that don't
  // say what they are, as many a shop's order service.
  ['AWSManagedRulesCommonRuleSet', ['SizeRestrictions_BODY', 'NoUserAgent_HEADER']],
  ['AWSManagedRulesKnownBadInputsRuleSet', []],
  ['AWSManagedRulesAmazonIpReputationList', []],
];

const WINDOW_SECONDS = 60;

export interface FirewallProps {
  readonly environment: Environment;
  readonly loadBalancerArn: string;
}

/**
 * What never reaches a function: known attacks, a token that claims without end, and an address
 * that does so far beyond what a carrier's thousands of shoppers together do.
 */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { environment, loadBalancerArn }: FirewallProps) {
    super(scope, id);
    const { api, logRetention, removalPolicy, name } = environment;
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility('coupon-api'),
      rules: [
        ...MANAGED.map(managedRule),
        rateRule('claims-of-a-token', MANAGED.length, {
          limit: api.claimsPerTokenAndMinute,
          evaluationWindowSec: WINDOW_SECONDS,
          aggregateKeyType: 'CUSTOM_KEYS',
          customKeys: [
            {
              header: {
                name: 'authorization',
                textTransformations: [{ priority: 0, type: 'NONE' }],
              },
            },
          ],
          scopeDownStatement: {
            byteMatchStatement: {
              fieldToMatch: { uriPath: {} },
              positionalConstraint: 'ENDS_WITH',
              searchString: '/issuances',
              textTransformations: [{ priority: 0, type: 'NONE' }],
            },
          },
        }),
        rateRule('requests-of-an-address', MANAGED.length + 1, {
          limit: api.requestsPerAddressAndMinute,
          evaluationWindowSec: WINDOW_SECONDS,
          aggregateKeyType: 'IP',
        }),
      ],
    });
    new CfnWebACLAssociation(this, 'Association', {
      webAclArn: acl.attrArn,
      resourceArn: loadBalancerArn,
    });
    const logs = new LogGroup(this, 'Logs', {
      // WAF writes to groups of this name only.
      logGroupName: `aws-waf-logs-coupon-${name}`,
      retention: logRetention,
      removalPolicy,
    });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [arnWithoutStar(logs)],
      // No token in a log line, and no user's id of a query; without its path nobody could judge
      // what was blocked.
      redactedFields: [{ singleHeader: { Name: 'authorization' } }, { queryString: {} }],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: [{ ActionCondition: { Action: 'BLOCK' } }],
          },
        ],
      },
    });
  }
}

function managedRule(
  [group, counted]: readonly [string, readonly string[]],
  priority: number,
): CfnWebACL.RuleProperty {
  return {
    name: group,
    priority,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name: group,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: visibility(group),
  };
}

function rateRule(
  name: string,
  priority: number,
  rateBasedStatement: CfnWebACL.RateBasedStatementProperty,
): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    // As the service itself says it.
    action: { block: { customResponse: { responseCode: 429 } } },
    statement: { rateBasedStatement },
    visibilityConfig: visibility(name),
  };
}

/** No requests are kept as samples: they would show tokens. */
function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}

function arnWithoutStar(logs: LogGroup): string {
  return Stack.of(logs).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: logs.logGroupName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
