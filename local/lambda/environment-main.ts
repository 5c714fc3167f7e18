/**
 * One Lambda environment: a child process that runs one function, one invocation at a time.
 * Started by environment.ts; the arguments are listed there.
 * Whatever the handler logs goes to the process' own stdout and stderr, as on Lambda.
 */
import { LambdaContext } from './context.ts';
import type { FunctionLimits } from '../../lambdas/config/function-limits.ts';
import { importHandler } from './handler-module.ts';
import { describeError } from './invocation.ts';
import type { EnvironmentMessage, EnvironmentRequest } from './environment.ts';

const [file = '', functionName = '', settingsJson = '{}'] = process.argv.slice(2);
const settings = JSON.parse(settingsJson) as FunctionLimits;

function send(message: EnvironmentMessage): void {
  process.send?.(message);
}

// Without its parent nobody will ever invoke it again.
process.on('disconnect', () => process.exit(0));

try {
  const handler = await importHandler(file);
  process.on('message', (request: EnvironmentRequest) => {
    void (async () => {
      try {
        const context = new LambdaContext(functionName, settings, request.requestId);
        // `undefined` is no JSON; Lambda replies null.
        send({ type: 'returned', value: (await handler(request.event, context)) ?? null });
      } catch (error) {
        send({ type: 'failed', error: describeError(error) });
      }
    })();
  });
  send({ type: 'ready' });
} catch (error) {
  process.send?.({ type: 'broken', error: describeError(error) } satisfies EnvironmentMessage, () =>
    process.exit(1),
  );
}
