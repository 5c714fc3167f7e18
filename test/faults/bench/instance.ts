import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { ALBEvent } from 'aws-lambda';
import { functionLimits } from '../../../lambdas/config/function-limits.ts';
import { functionEnvironment } from '../../../local/function-environment.ts';
import type { RepliedIssuance } from '../../../local/invariants/facts.ts';
import { Environment } from '../../../local/lambda/environment.ts';
import { handlerFile } from '../../../local/lambda/functions.ts';
import { keptSecrets } from '../../../local/prepare/secrets.ts';
import { repositoryRoot, statePaths } from '../../../local/state.ts';
import type { FaultBench } from './fault-bench.ts';
import { failpointOptions } from './shots.ts';

/** Its failpoints are its own. */
export const INSTANCE = 'issue elsewhere';

/** Nobody ends it while it is frozen; the stack's own environments are ended after 10 s. */
const TIMEOUT_SECONDS = 600;

/** The issue function in one more process, of which the stack knows nothing. */
export interface Instance {
  readonly pid: number;
  /** Resolves with the reply's status, which is recorded like any shopper's. */
  claim(couponId: string, userId: string): Promise<number | undefined>;
  end(): Promise<void>;
}

export async function startInstance({ flow, servers }: FaultBench): Promise<Instance> {
  const { endpoints, stateDir } = flow.stack;
  const paths = statePaths(stateDir);
  const { issuanceIdSecret } = await keptSecrets(paths);
  const log = openSync(join(paths.logs, 'functions.log'), 'a');
  const environment = new Environment({
    functionName: 'issue',
    settings: { ...functionLimits.issue, timeoutSeconds: TIMEOUT_SECONDS },
    handlerFile: handlerFile(join(repositoryRoot, 'lambdas', 'functions'), 'issue'),
    variables: {
      ...process.env,
      ...failpointOptions.variables,
      ...functionEnvironment({
        servers: {
          ...servers.endpoints,
          valkeyUrl: endpoints.valkey,
          kafkaBrokers: endpoints.kafka.split(','),
        },
        database: { app: endpoints.databaseUrl, migrator: '' },
        issuanceIdSecret,
        lambdaUrl: endpoints.lambda,
        logLevel: 'WARN',
        corsOrigins: '',
      }),
      AWS_LAMBDA_FUNCTION_NAME: INSTANCE,
    },
    marker: stateDir,
    logDescriptor: log,
  });
  const end = async (): Promise<void> => {
    environment.kill();
    await environment.ended;
    closeSync(log);
  };
  const problem = await environment.ready;
  if (problem !== undefined) {
    await end();
    throw new Error(`no instance: ${problem.errorMessage}`);
  }
  return {
    pid: environment.pid,
    async claim(couponId, userId) {
      const event = claimEvent(couponId, await flow.shoppers.token(userId));
      const sentAt = Date.now();
      const outcome = await environment.run(event, randomUUID());
      const reply = outcome.kind === 'returned' ? (outcome.value as LambdaReply) : undefined;
      flow.shoppers.replies.push({
        couponId,
        userId,
        sentAt,
        receivedAt: Date.now(),
        ...recorded(reply),
      });
      return reply?.statusCode;
    },
    end,
  };
}

interface LambdaReply {
  readonly statusCode: number;
  readonly body: string;
}

function recorded(reply: LambdaReply | undefined): {
  readonly status: number | undefined;
  readonly issuance?: RepliedIssuance;
} {
  const status = reply?.statusCode;
  return status === 200 || status === 202
    ? { status, issuance: JSON.parse(reply?.body ?? '') as RepliedIssuance }
    : { status };
}

function claimEvent(couponId: string, token: string): ALBEvent {
  return {
    requestContext: { elb: { targetGroupArn: '' } },
    httpMethod: 'POST',
    path: `/v1/coupons/${couponId}/issuances`,
    multiValueQueryStringParameters: {},
    multiValueHeaders: { authorization: [`Bearer ${token}`] },
    body: '',
    isBase64Encoded: false,
  };
}
