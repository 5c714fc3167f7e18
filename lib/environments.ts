import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** What differs from one deployment to another. */
export interface Environment {
  readonly name: string;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  readonly logRetention: RetentionDays;
  /** What becomes of the things that hold data when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Whose pages may call the API from a browser: origins, or `*`. */
  readonly corsOrigins: readonly string[];
}

const environments: readonly Environment[] = [
  {
    name: 'dev',
    logLevel: 'INFO',
    logRetention: RetentionDays.ONE_WEEK,
    removalPolicy: RemovalPolicy.DESTROY,
    corsOrigins: ['*'],
  },
];

export type ChosenEnvironment =
  | { readonly ok: true; readonly environment: Environment }
  | { readonly ok: false; readonly refusal: string };

/** The environment that `-c environment=<name>` names; `dev` when it names none. */
export function chooseEnvironment(name: unknown = 'dev'): ChosenEnvironment {
  const environment = environments.find((known) => known.name === name);
  if (environment !== undefined) return { ok: true, environment };
  const names = environments.map((known) => known.name).join(', ');
  return { ok: false, refusal: `There is no environment "${String(name)}"; there is: ${names}` };
}
