import { Duration, Stack } from 'aws-cdk-lib';
import { Connections, Peer, Port, SecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  LayerVersion,
  Runtime,
  Tracing,
  type IVersion,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { join } from 'node:path';
import { VARIABLES, type SettingName } from '../../lambdas/config/settings.ts';
import { serviceName } from '../../lambdas/domain/metrics.ts';
import type { Environment, Telemetry } from '../environments/environment.ts';
import { functions, type FunctionDefinition, type FunctionName } from '../functions.ts';
import { accept } from './accepted.ts';
import { bundling, REPOSITORY } from './bundling.ts';
import { FUNCTIONS } from './private-network.ts';

export interface CouponFunctionProps {
  readonly environment: Environment;
  readonly vpc: IVpc;
}

/** Where Lambda unpacks a bundle. */
const BUNDLE = '/var/task';

/**
 * One of the folders in `lambdas/functions` as a function with its own log group, role and security
 * group. What it needs lets it in by {@link allow}, {@link tell} and {@link connections}.
 */
export class CouponFunction extends Construct implements IConnectable {
  readonly lambda: NodejsFunction;
  /** What is invoked: the newest version, with the copies of it that are started already. */
  readonly live: NodejsFunction | Alias;
  readonly connections: Connections;
  readonly answersUsers: boolean;
  private readonly border: SecurityGroup;

  constructor(scope: Construct, name: FunctionName, { environment, vpc }: CouponFunctionProps) {
    super(scope, name);
    const definition: FunctionDefinition = functions[name];
    const { reserved, provisioned } = environment.concurrency[name] ?? {};
    this.answersUsers = definition.answersUsers;
    this.border = new SecurityGroup(this, 'Border', {
      vpc,
      description: `The function ${name}: enters what it needs, and nobody enters it`,
      allowAllOutbound: false,
    });
    this.connections = new Connections({ securityGroups: [this.border] });
    const logGroup = new LogGroup(this, 'Logs', {
      retention: environment.logRetention,
      removalPolicy: environment.removalPolicy,
    });
    // Without the managed policies: they would let each function write into all log groups, and
    // do with the account's network what only Lambda itself has to.
    const role = new Role(this, 'Role', {
      description: `The function ${name} of coupon ${environment.name}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    for (const statement of inTheNetwork(Stack.of(this))) role.addToPolicy(statement);
    accept(role, {
      'IAM5[Resource::*]':
        'EC2 and X-Ray know no resources for these actions; of EC2 the code has none',
      'IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:*/*]':
        'Lambda needs them to put the function into the network; the function itself is refused them',
    });
    this.lambda = new NodejsFunction(this, 'Function', {
      description: definition.description,
      entry: join(REPOSITORY, 'lambdas', 'functions', name, 'index.ts'),
      depsLockFilePath: join(REPOSITORY, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.seconds(definition.timeoutSeconds),
      memorySize: definition.memoryMb,
      ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
      bundling: bundling(definition.files, this.node.tryGetContext('metafile') === 'true'),
      environment: {
        POWERTOOLS_SERVICE_NAME: serviceName(environment.name),
        POWERTOOLS_LOG_LEVEL: environment.logLevel,
        NODE_OPTIONS: '--enable-source-maps',
        ...(environment.telemetry && instrumented(environment.telemetry)),
        ...(definition.files && {
          [definition.files.variable]: `${BUNDLE}/${definition.files.to}`,
        }),
      },
      vpc,
      vpcSubnets: FUNCTIONS,
      securityGroups: [this.border],
      logGroup,
      role,
      tracing: Tracing.ACTIVE,
      ...(environment.telemetry && {
        layers: [
          LayerVersion.fromLayerVersionArn(this, 'Telemetry', environment.telemetry.layerArn),
        ],
      }),
    });
    this.live =
      provisioned === undefined
        ? this.lambda
        : new Alias(this, 'Live', {
            aliasName: 'live',
            version: this.lambda.currentVersion as IVersion,
            provisionedConcurrentExecutions: provisioned,
          });
  }

  /** Sets the variable of a setting. */
  tell(setting: SettingName, value: string): void {
    this.lambda.addEnvironment(VARIABLES[setting], value);
  }

  allow(...statements: readonly PolicyStatement[]): void {
    for (const statement of statements) this.lambda.addToRolePolicy(statement);
  }

  /** Lets it out to AWS' own APIs, and to the issuer's keys. */
  reachAws(): void {
    this.border.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'AWS itself, and the keys of the issuer');
  }
}

/** Lets the layer start the function's runtime, and says how much of it is traced. */
function instrumented({ sampledShare }: Telemetry): Record<string, string> {
  return {
    AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-instrument',
    OTEL_SERVICE_NAME: 'coupon',
    OTEL_PROPAGATORS: 'tracecontext,xray',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: String(sampledShare),
    // Traces only: what is measured has its own way, and costs by the series.
    OTEL_AWS_APPLICATION_SIGNALS_ENABLED: 'false',
  };
}

/**
 * What Lambda asks for in a function's name to put it into a network, and the function's own code
 * is refused (Lambda's guide, "Giving Lambda functions access to resources in a VPC").
 */
function inTheNetwork(stack: Stack): PolicyStatement[] {
  const { partition, region, account, stackName } = stack;
  const describing = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
  const changing = [
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const ours = `arn:${partition}:lambda:${region}:${account}:function:${stackName}-*`;
  return [
    // EC2 describes everything or nothing.
    new PolicyStatement({ actions: describing, resources: ['*'] }),
    new PolicyStatement({
      actions: changing,
      resources: [`arn:${partition}:ec2:${region}:${account}:*/*`],
    }),
    new PolicyStatement({
      effect: Effect.DENY,
      actions: [...describing, ...changing],
      resources: ['*'],
      conditions: { ArnLike: { 'lambda:SourceFunctionArn': ours } },
    }),
  ];
}
