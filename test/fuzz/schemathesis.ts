import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiDocument } from '../support/api-document.ts';
import type { RouteName, Scope } from '../../lambdas/routes.ts';
import { routes, type Route } from '../../lambdas/routes.ts';
import { USER, type Samples } from './sample-data.ts';

export interface Trial {
  readonly api: string;
  readonly scope: Scope;
  readonly token: string;
  readonly samples: Samples;
  /** For its configuration and its report. */
  readonly folder: string;
  /** The program. */
  readonly program: string;
  readonly seconds: number;
}

export interface TrialResult {
  /** Whether all checks held. */
  readonly held: boolean;
  /** The NDJSON report. */
  readonly report: string;
}

/** Every check, for as long as it is told to; what it finds goes to the terminal. */
export async function tryOperations(trial: Trial): Promise<TrialResult> {
  const { api, scope, token, samples, folder, program, seconds } = trial;
  const config = join(folder, `${scope.replace(':', '-')}.toml`);
  const report = join(folder, `${scope.replace(':', '-')}.ndjson`);
  await writeFile(config, configuration(trial));
  const operations = operationsOf(scope).flatMap((name) => ['--include-operation-id', name]);
  const child = spawn(
    program,
    [
      ...['--config-file', config, 'run', `${api}/openapi.json`, ...operations],
      ...['--header', `Authorization: Bearer ${token}`],
      ...['--max-time', String(seconds), '--continue-on-failure'],
      ...['--report', 'ndjson', '--report-ndjson-path', report],
    ],
    {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        SCHEMATHESIS_HOOKS: join(import.meta.dirname, 'hooks.py'),
        FUZZ_SCOPE: scope,
        FUZZ_USER: USER,
        FUZZ_CODES: JSON.stringify(samples.codes),
      },
    },
  );
  const [code] = (await once(child, 'exit')) as [number | null];
  return { held: code === 0, report };
}

/** Those that this scope may call. */
function operationsOf(scope: Scope): RouteName[] {
  const documented = Object.values(apiDocument.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId as RouteName),
  );
  return documented.filter((name) => {
    const { scopes }: Route = routes[name];
    return scopes.includes(scope) || (scopes.length === 0 && scope === 'coupons:use');
  });
}

/** How often a path leads to something that there is. */
const HITS = 0.9;
/** Below what a shopper may send for long: a 429 would say nothing of the call. */
const REQUESTS_PER_SECOND = 25;

function configuration({ scope, samples: { parameters } }: Trial): string {
  const names = Object.keys(parameters);
  return `
continue-on-failure = true
request-timeout = 10.0
${scope === 'coupons:use' ? `rate-limit = "${REQUESTS_PER_SECOND}/s"` : ''}
warnings = false

[generation]
allow-x00 = false

[phases.coverage]
# The load balancer refuses TRACE by itself.
unexpected-methods = ["GET", "PUT", "POST", "DELETE", "PATCH"]

[checks.positive_data_acceptance]
# How things stand is no fault of the call: an order may not meet the conditions.
expected-statuses = ["2xx", "3xx", 403, 404, 409, 422]

[checks.negative_data_rejection]
expected-statuses = ["4xx"]

${names.map((name) => `[dictionaries.${name}]\nvalues = ${JSON.stringify(parameters[name])}`).join('\n\n')}

[parameters]
${names.map((name) => `"path.${name}" = { dictionary = "${name}", probability = ${HITS} }`).join('\n')}
`;
}
