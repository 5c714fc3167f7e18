import type { Context } from 'aws-lambda';
import type { FunctionLimits } from '../../lambdas/config/function-limits.ts';
import { functionArn } from './functions.ts';

/** Lambda's context without the callbacks that Node 24 runtimes no longer have. */
type ContextShape = Omit<Context, 'done' | 'fail' | 'succeed'>;

/** The second argument of a handler. A class, because one is made for every request. */
export class LambdaContext implements ContextShape {
  callbackWaitsForEmptyEventLoop = true;
  readonly functionVersion = '$LATEST';
  readonly logStreamName = 'local';
  readonly functionName: string;
  readonly awsRequestId: string;
  readonly invokedFunctionArn: string;
  readonly logGroupName: string;
  readonly memoryLimitInMB: string;
  readonly #deadline: number;

  constructor(functionName: string, settings: FunctionLimits, awsRequestId: string) {
    this.functionName = functionName;
    this.awsRequestId = awsRequestId;
    this.invokedFunctionArn = functionArn(functionName);
    this.logGroupName = `/aws/lambda/${functionName}`;
    this.memoryLimitInMB = String(settings.memoryMb);
    this.#deadline = performance.now() + settings.timeoutSeconds * 1000;
  }

  /** Milliseconds until the invocation is given up; never negative. */
  getRemainingTimeInMillis(): number {
    return Math.max(0, Math.floor(this.#deadline - performance.now()));
  }
}
