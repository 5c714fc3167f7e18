import { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { join } from 'node:path';
import type { Environment } from '../environments.ts';
import type { FunctionDefinition } from '../functions.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

const LEFT_OUT = join(REPOSITORY, 'lambdas', 'adapters', 'aws', 'left-out.ts');

export interface CouponFunctionProps {
  readonly environment: Environment;
  readonly definition: FunctionDefinition;
  /** The variables its code reads; those that every function has are added. */
  readonly variables: Readonly<Record<string, string>>;
  /** What goes into the bundle besides the code. */
  readonly copies?: readonly Copies[] | undefined;
}

export interface Copies {
  /** Of the repository: files, or folders, of which `folder/.` is what is in it. */
  readonly paths: readonly string[];
  /** A folder of the bundle. */
  readonly to: string;
}

/** One of the folders in `lambdas/functions` as a function with its own log group and role. */
export class CouponFunction extends Construct {
  readonly lambda: NodejsFunction;

  constructor(scope: Construct, name: string, props: CouponFunctionProps) {
    super(scope, name);
    const { environment, definition, variables, copies = [] } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: environment.logRetention,
      removalPolicy: environment.removalPolicy,
    });
    // Without the managed policy for logs: it would let each function write into all log groups.
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    this.lambda = new NodejsFunction(this, 'Function', {
      description: definition.description,
      entry: join(REPOSITORY, 'lambdas', 'functions', name, 'index.ts'),
      depsLockFilePath: join(REPOSITORY, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.seconds(definition.timeoutSeconds),
      memorySize: definition.memoryMb,
      bundling: bundling(copies),
      environment: {
        ...variables,
        POWERTOOLS_SERVICE_NAME: 'coupon',
        POWERTOOLS_LOG_LEVEL: environment.logLevel,
        NODE_OPTIONS: '--enable-source-maps',
      },
      logGroup,
      role,
      tracing: Tracing.ACTIVE,
    });
  }
}

function bundling(copies: readonly Copies[]): BundlingOptions {
  return {
    format: OutputFormat.ESM,
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    sourceMap: true,
    // A stack trace needs lines, and the sources are in the repository.
    sourcesContent: false,
    // The runtime's own SDK changes without us.
    bundleAwsSDK: true,
    // What no function uses, and what a cold start would have to read all the same.
    define: { 'globalThis.KAFKAJS_WITHOUT_CONSUMER': 'true' },
    esbuildArgs: {
      '--alias:@aws-sdk/credential-provider-node': LEFT_OUT,
      '--alias:@smithy/core/event-streams': LEFT_OUT,
    },
    // CommonJS packages call `require` for Node's modules; packages import `createRequire` too.
    banner:
      "import { createRequire as bundleRequire } from 'node:module';const require = bundleRequire(import.meta.url);",
    logLevel: LogLevel.WARNING,
    commandHooks: copying(copies),
  };
}

function copying(copies: readonly Copies[]): NonNullable<BundlingOptions['commandHooks']> {
  return {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (from, to) =>
      copies.flatMap(({ paths, to: folder }) => {
        const target = join(to, folder);
        const sources = paths.map((path) => `'${from}/${path}'`).join(' ');
        return [`mkdir -p '${target}'`, `cp -R ${sources} '${target}'`];
      }),
  };
}
