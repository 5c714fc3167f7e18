import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Peer, Port, SecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  DesyncMitigationMode,
  ListenerAction,
  ListenerCertificate,
  ListenerCondition,
  SslPolicy,
  TargetType,
  type ApplicationListener,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LambdaTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2-targets';
import { Construct } from 'constructs';
import {
  DEFAULT_TARGET_GROUP,
  targetGroupRules,
  type HttpFunction,
  type TargetGroupRule,
} from '../../lambdas/routes.ts';
import type { Environment } from '../environments/environment.ts';
import { accept } from './accepted.ts';
import { AccessLogs } from './access-logs.ts';
import type { CouponFunction } from './coupon-function.ts';
import { Firewall } from './firewall.ts';
import { PUBLIC } from './private-network.ts';

/** A rule's place among the others, with room between them. */
const PRIORITY_STEP = 10;

/** Each is an invocation; a function answers it without touching anything. */
const HEALTH_CHECK = {
  enabled: true,
  path: '/health',
  interval: Duration.seconds(60),
  timeout: Duration.seconds(10),
  healthyHttpCodes: '200',
};

export interface CouponApiProps {
  readonly environment: Environment;
  readonly vpc: IVpc;
  readonly functions: Readonly<Record<HttpFunction, CouponFunction>>;
  /** Asked for only where the environment wants HTTPS. */
  readonly certificateArn: () => string;
  /** Asked for only where the load balancer looks at tokens. */
  readonly tokens: { readonly issuer: string; readonly jwksUri: string };
}

/** The load balancer: the one table of routes as rules, each function with a target group. */
export class CouponApi extends Construct {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targetGroups: Readonly<Record<HttpFunction, ApplicationTargetGroup>>;

  constructor(scope: Construct, id: string, props: CouponApiProps) {
    super(scope, id);
    const { environment, vpc, functions } = props;
    const { api, removalPolicy } = environment;
    const border = new SecurityGroup(this, 'Border', {
      vpc,
      description: 'The API: the one thing that the world may enter',
      allowAllOutbound: false,
    });
    accept(border, { EC23: 'Shoppers come from anywhere; behind it nothing is open to the world' });
    this.loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      vpcSubnets: PUBLIC,
      internetFacing: true,
      securityGroup: border,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: DesyncMitigationMode.STRICTEST,
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      ...(api.loadBalancerCapacityUnits > 0 && {
        minimumCapacityUnit: api.loadBalancerCapacityUnits,
      }),
    });
    new AccessLogs(this, 'AccessLogs', removalPolicy).keepThoseOf(this.loadBalancer);
    new Firewall(this, 'Firewall', {
      environment,
      loadBalancerArn: this.loadBalancer.loadBalancerArn,
    });
    this.targetGroups = {
      issue: this.targetGroup('issue', functions.issue),
      redeem: this.targetGroup('redeem', functions.redeem),
      manage: this.targetGroup('manage', functions.manage),
    };
    const listener = this.listen(border, props);
    const guarded = (target: HttpFunction): ListenerAction =>
      this.forward(target, api.validateTokensAtLoadBalancer ? props.tokens : undefined);
    for (const [i, rule] of targetGroupRules.entries()) {
      listener.addAction(`Rule${i + 1}`, {
        priority: (i + 1) * PRIORITY_STEP,
        conditions: conditionsOf(rule),
        action: guarded(rule.function),
      });
    }
    if (api.validateTokensAtLoadBalancer)
      border.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'keys of the issuer');
  }

  private targetGroup(name: HttpFunction, target: CouponFunction): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, `${name}Targets`, {
      targetType: TargetType.LAMBDA,
      targets: [new LambdaTarget(target.live as IFunction)],
      multiValueHeadersEnabled: true,
      healthCheck: HEALTH_CHECK,
    });
  }

  /** What no rule takes goes to the default, which answers the public calls too: no token is asked for. */
  private listen(border: SecurityGroup, props: CouponApiProps): ApplicationListener {
    const otherwise = ListenerAction.forward([this.targetGroups[DEFAULT_TARGET_GROUP]]);
    border.addIngressRule(Peer.anyIpv4(), Port.HTTP, 'the world');
    if (props.environment.api.https === 'none') {
      return this.loadBalancer.addListener('Http', {
        port: 80,
        protocol: ApplicationProtocol.HTTP,
        open: false,
        defaultAction: otherwise,
      });
    }
    border.addIngressRule(Peer.anyIpv4(), Port.HTTPS, 'the world');
    this.loadBalancer.addListener('Http', {
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    return this.loadBalancer.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      open: false,
      sslPolicy: SslPolicy.TLS13_12_RES_PQ,
      certificates: [ListenerCertificate.fromArn(props.certificateArn())],
      defaultAction: otherwise,
    });
  }

  private forward(
    target: HttpFunction,
    tokens: { readonly issuer: string; readonly jwksUri: string } | undefined,
  ): ListenerAction {
    const forward = ListenerAction.forward([this.targetGroups[target]]);
    if (tokens === undefined) return forward;
    const { issuer, jwksUri } = tokens;
    return ListenerAction.authenticateJwt({ issuer, jwksEndpoint: jwksUri, next: forward });
  }
}

function conditionsOf({ methods, pathPatterns }: TargetGroupRule): ListenerCondition[] {
  return [
    ...(methods === undefined ? [] : [ListenerCondition.httpRequestMethods([...methods])]),
    ListenerCondition.pathPatterns([...pathPatterns]),
  ];
}
