import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { LambdaService } from '../../local/lambda/service.ts';
import { sampleDirectory, sampleTable } from './sample-table.ts';

describe('the Lambda stand-in with handlers in its own process', () => {
  const failures: string[] = [];
  let service: LambdaService;

  function start(): LambdaService {
    failures.length = 0;
    service = new LambdaService({
      directory: sampleDirectory,
      functions: sampleTable,
      onFailure: (name, outcome) => failures.push(`${name}: ${outcome.kind}`),
    });
    return service;
  }

  afterEach(() => service.close());

  it('returns what the handler returns', async () => {
    const outcome = await start().invoke('sample', { a: [1, 'two'] });

    expect(outcome).toEqual({ kind: 'returned', value: { a: [1, 'two'] } });
  });

  it("hands over a context like Lambda's", async () => {
    const outcome = await start().invoke('sample', { do: 'context' });

    expect(outcome).toMatchObject({
      kind: 'returned',
      value: {
        functionName: 'sample',
        memoryLimitInMB: '128',
        logGroupName: '/aws/lambda/sample',
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:sample',
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
    const { remaining } = (outcome as { value: { remaining: number } }).value;
    expect(remaining).toBeGreaterThan(1800);
    expect(remaining).toBeLessThanOrEqual(2000);
  });

  it('reports what the handler throws, and what its module throws, as a function error', async () => {
    start();

    expect(await service.invoke('sample', { do: 'throw' })).toMatchObject({
      kind: 'failed',
      error: { errorType: 'RangeError', errorMessage: 'as asked' },
    });
    expect(await service.invoke('broken', {})).toMatchObject({
      kind: 'failed',
      error: { errorMessage: 'cannot be built' },
    });
    expect(failures).toEqual(['sample: failed', 'broken: failed']);
  });

  it('gives an invocation up after its time', async () => {
    expect(await start().invoke('sample', { do: 'sleep', ms: 2300 })).toMatchObject({
      kind: 'failed',
      error: { errorType: 'Sandbox.Timedout' },
    });
  });

  it('runs many invocations of one function at once', async () => {
    start();
    const before = performance.now();

    await Promise.all(
      Array.from({ length: 20 }, () => service.invoke('sample', { do: 'sleep', ms: 200 })),
    );

    expect(performance.now() - before).toBeLessThan(1500);
  });

  it('accepts an event at once and tries it three times in all', async () => {
    start();

    expect(await service.invoke('sample', { do: 'throw' }, { type: 'Event' })).toEqual({
      kind: 'accepted',
    });
    await sleep(3600);
    expect(failures).toEqual([
      'sample: failed',
      'sample: failed',
      'sample: failed',
      'sample (given up): failed',
    ]);
  });

  it('has no function it was not given', async () => {
    start();

    await expect(async () => service.invoke('other', {})).rejects.toThrow('No function other');
  });
});
