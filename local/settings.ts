import { join, resolve } from 'node:path';
import { z } from 'zod';
import { chosenStateDir, repositoryRoot } from './state.ts';
import type { ExternalServers } from './servers/external.ts';

/** What the environment says about the stack. */
export interface Settings {
  readonly stateDir: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly issuerPort: number;
  /** Of the page that Prometheus scrapes; 0 picks a free one. */
  readonly metricsPort: number;
  readonly audience: string;
  /** Processes a function; undefined runs the handlers in the stack's own process. */
  readonly environments: number | undefined;
  readonly logLevel: string;
  /** Whose pages may call: origins separated by commas, or `*`; empty for nobody's. */
  readonly corsOrigins: string;
  readonly external: ExternalServers;
  /** Holds a folder a function: the sources, or bundles as they are deployed. */
  readonly functionsDir: string;
  /** More of the functions' variables, or others in place of the stack's own. */
  readonly functionVariables: Readonly<Record<string, string>>;
}

/** @throws Error naming the variable whose value makes no sense */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const text = (name: string): string | undefined => {
    const value = env[name]?.trim();
    return value === '' ? undefined : value;
  };
  const number = (name: string, otherwise: number, most: number): number => {
    const value = Number(text(name) ?? otherwise);
    if (Number.isInteger(value) && value >= 0 && value <= most) return value;
    throw new Error(`${name} is to be a whole number from 0 to ${most}, not ${text(name) ?? ''}`);
  };
  const environments = number('COUPON_ENVIRONMENTS', 0, 1000);
  return {
    stateDir: chosenStateDir(),
    port: number('COUPON_PORT', 8080, 65_535),
    issuerPort: number('COUPON_ISSUER_PORT', 8090, 65_535),
    metricsPort: number('COUPON_METRICS_PORT', 0, 65_535),
    audience: text('JWT_AUDIENCE') ?? 'coupon-api',
    environments: environments === 0 ? undefined : environments,
    logLevel: text('COUPON_LOG_LEVEL') ?? 'WARN',
    // A page of any development server may call. Set but empty is not the same as not set.
    corsOrigins: env['COUPON_CORS_ORIGINS'] ?? '*',
    external: {
      valkeyUrl: text('VALKEY_URL'),
      kafkaBrokers: text('KAFKA_BROKERS')?.split(','),
      databaseUrl: text('DATABASE_URL'),
      jwtIssuer: text('JWT_ISSUER'),
    },
    functionsDir: resolve(
      text('COUPON_FUNCTIONS_DIR') ?? join(repositoryRoot, 'lambdas', 'functions'),
    ),
    functionVariables: readVariables(text('COUPON_FUNCTION_VARIABLES') ?? '{}'),
  };
}

/** @throws Error unless it is JSON like `{"DATABASE_IAM":"true"}` */
function readVariables(json: string): Readonly<Record<string, string>> {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(json));
  } catch (error) {
    throw new Error('COUPON_FUNCTION_VARIABLES is to be a JSON object of texts', { cause: error });
  }
}
