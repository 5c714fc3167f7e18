/** Does what its event says; keeps a count of what ran in this environment. */
import { setTimeout as sleep } from 'node:timers/promises';

let invocations = 0;
let ticks = 0;
setInterval(() => ticks++, 10).unref();

interface SampleEvent {
  readonly do?: 'throw' | 'sleep' | 'exit' | 'count' | 'context' | 'throw-first';
  readonly ms?: number;
}

interface SampleContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  getRemainingTimeInMillis(): number;
}

export async function handler(event: SampleEvent, context: SampleContext): Promise<unknown> {
  invocations++;
  switch (event.do) {
    case 'throw':
      throw new RangeError('as asked');
    case 'throw-first':
      if (invocations === 1) throw new RangeError('only once');
      return { invocations };
    case 'sleep':
      await sleep(event.ms ?? 0);
      return { pid: process.pid };
    case 'exit':
      return process.exit(7);
    case 'count':
      return { invocations, ticks, pid: process.pid };
    case 'context':
      return { ...context, remaining: context.getRemainingTimeInMillis() };
    default:
      return event;
  }
}
