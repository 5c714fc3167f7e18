import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFront } from './alb/front.ts';
import type { Closing } from './closing.ts';
import { writeEndpoints, type Endpoints } from './endpoints.ts';
import { EventSourceMapping } from './event-source-mapping/mapping.ts';
import { failureReports } from './failure-reports.ts';
import { functionEnvironment } from './function-environment.ts';
import { startLambdaHttpApi } from './lambda/http-api.ts';
import { endLeftoverEnvironments } from './lambda/leftovers.ts';
import { LambdaService } from './lambda/service.ts';
import { lineLog } from './line-log.ts';
import { startMetricsAgent, type MetricsAgent } from './metrics/agent.ts';
import { functionErrorLine } from './metrics/function-errors.ts';
import { prepareExternalDatabase, prepareOwnDatabase } from './prepare/database.ts';
import { keptSecrets } from './prepare/secrets.ts';
import { GROUP, prepareTopic, TOPIC } from './prepare/topic.ts';
import { startSchedules } from './schedules.ts';
import { isFree } from './servers/ports.ts';
import { startServers } from './servers/start.ts';
import type { Settings } from './settings.ts';
import type { StatePaths } from './state.ts';

export interface StackOptions {
  readonly settings: Settings;
  readonly paths: StatePaths;
  readonly progress: (line: string) => void;
  /** Called before any function's code runs: from then on stdout belongs to the functions. */
  readonly beforeFunctions: () => void;
  /** Takes what is to be ended; the caller runs it, also when the start fails. */
  readonly closing: Closing;
  /** Ends the start early. */
  readonly signal: AbortSignal;
}

export interface Stack {
  readonly endpoints: Endpoints;
  readonly lambda: LambdaService;
}

/**
 * Starts the whole system, in the order in which its parts need each other.
 * @throws Error that says what to do: a port is taken, a tool is missing, a migration failed …
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { settings, paths, progress, closing, signal } = options;
  if (settings.port !== 0 && !(await isFree(settings.port))) throw portTaken(settings.port);

  const servers = await startServers({ ...settings, stateDir: paths.root, progress, signal });
  closing.add('servers', Number.POSITIVE_INFINITY, () => servers.stop());
  const mainPid = join(paths.pids, 'main.pid');
  await writeFile(mainPid, `${process.pid}\n`);
  closing.add('pid file', 1000, () => rm(mainPid, { force: true }));
  await endLeftoverEnvironments(paths.pids);
  signal.throwIfAborted();

  const secrets = await keptSecrets(paths);
  const { databaseAdminUrl, kafkaBrokers } = servers.endpoints;
  const [database] = await Promise.all([
    settings.external.databaseUrl === undefined
      ? prepareOwnDatabase(databaseAdminUrl, secrets)
      : prepareExternalDatabase(databaseAdminUrl, secrets),
    prepareTopic(kafkaBrokers),
  ]);
  progress(`Topic ${TOPIC} and the database's users are there`);
  signal.throwIfAborted();

  const metrics = await startMetricsAgent({
    port: settings.metricsPort,
    file: join(paths.logs, 'metrics.jsonl'),
    report: lineLog(join(paths.logs, 'metrics-agent.log')),
  });
  closing.add('metrics', 1000, () => metrics.close());
  options.beforeFunctions();
  const { lambda, lambdaApi } = await startLambda(options, metrics, (lambdaUrl) =>
    functionEnvironment({
      servers: servers.endpoints,
      database,
      issuanceIdSecret: secrets.issuanceIdSecret,
      lambdaUrl,
      metricsEndpoint: metrics.endpoint,
      logLevel: settings.logLevel,
      corsOrigins: settings.corsOrigins,
      functionVariables: settings.functionVariables,
    }),
  );
  await migrate(lambda);
  progress('The database is migrated');
  signal.throwIfAborted();

  const mapping = new EventSourceMapping({
    brokers: kafkaBrokers,
    topic: TOPIC,
    group: GROUP,
    functionName: 'record',
    invoke: (event) => lambda.invoke('record', event),
    concurrency: Math.min(4, settings.environments ?? 4),
    log: lineLog(join(paths.logs, 'event-source-mapping.log')),
  });
  lambdaApi.attach(mapping);
  closing.add('event source mapping', 8000, () => mapping.stop());
  const joined = mapping.start();

  const front = await startFront({
    port: settings.port,
    invoke: (name, event) => lambda.invoke(name, event),
  });
  closing.add('front', 15_000, () => front.close());
  closing.add(
    'schedules',
    5000,
    startSchedules((name, event) => lambda.invoke(name, event)),
  );
  await Promise.race([joined, aborted(signal)]);
  progress(`The API serves at ${front.url}; records flow from Kafka to PostgreSQL`);

  const endpoints: Endpoints = {
    api: front.url,
    issuer: servers.endpoints.issuer,
    audience: servers.endpoints.audience,
    valkey: servers.endpoints.valkeyUrl,
    kafka: kafkaBrokers.join(','),
    topic: TOPIC,
    group: GROUP,
    databaseUrl: database.app,
    lambda: lambdaApi.url,
    metrics: metrics.url,
    pids: paths.pids,
  };
  await writeEndpoints(paths, endpoints);
  return { endpoints, lambda };
}

async function startLambda(
  { settings, paths, progress, closing }: StackOptions,
  metrics: MetricsAgent,
  environmentFor: (lambdaUrl: string) => Record<string, string>,
) {
  const report = failureReports(progress);
  const lambda = new LambdaService({
    directory: settings.functionsDir,
    onFailure: (functionName, outcome) => {
      if (lambda.has(functionName)) metrics.take(functionErrorLine(functionName, Date.now()));
      report(functionName, outcome);
    },
    ...(settings.environments === undefined
      ? {}
      : {
          environments: {
            limit: settings.environments,
            pidsDir: paths.pids,
            logFile: join(paths.logs, 'functions.log'),
          },
        }),
  });
  closing.add('functions', 10_000, () => lambda.close());
  const lambdaApi = await startLambdaHttpApi(lambda);
  closing.add('Lambda API', 1000, () => lambdaApi.close());
  // Read by handlers in this process, inherited by environments.
  Object.assign(process.env, environmentFor(lambdaApi.url));
  return { lambda, lambdaApi };
}

async function migrate(lambda: LambdaService): Promise<void> {
  const outcome = await lambda.invoke('migrate', {});
  if (outcome.kind === 'failed') {
    throw new Error(`The database could not be migrated: ${outcome.error.errorMessage}`);
  }
}

function portTaken(port: number): Error {
  return new Error(
    `Port ${port} is taken. Set COUPON_PORT to another (0 picks a free one): COUPON_PORT=${port + 1} npm start`,
  );
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}
