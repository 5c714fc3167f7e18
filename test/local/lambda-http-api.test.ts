import {
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RECORD_MAPPING_UUID } from '../../local/event-source-mapping/mapping.ts';
import { startLambdaHttpApi, type LambdaHttpApi } from '../../local/lambda/http-api.ts';
import { LambdaService } from '../../local/lambda/service.ts';
import { sampleDirectory, sampleTable } from './sample-table.ts';

const UUID = RECORD_MAPPING_UUID;

describe("the Lambda stand-in's HTTP API, through the AWS SDK", () => {
  const service = new LambdaService({ directory: sampleDirectory, functions: sampleTable });
  let api: LambdaHttpApi;
  let client: LambdaClient;
  let enabled = true;

  beforeAll(async () => {
    api = await startLambdaHttpApi(service);
    api.attach({
      uuid: UUID,
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:sample',
      eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/local/1',
      topic: 'topic',
      batchSize: 500,
      state: () => (enabled ? 'Enabled' : 'Disabled'),
      lastResult: () => 'OK',
      pause: () => (enabled = false),
      resume: () => (enabled = true),
    });
    client = new LambdaClient({
      endpoint: api.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  });

  afterAll(async () => {
    client.destroy();
    await api.close();
    await service.close();
  });

  it('invokes a function and waits for its reply', async () => {
    const reply = await client.send(
      new InvokeCommand({ FunctionName: 'sample', Payload: JSON.stringify({ x: 'é' }) }),
    );

    expect(reply.StatusCode).toBe(200);
    expect(reply.FunctionError).toBeUndefined();
    expect(JSON.parse(reply.Payload?.transformToString() ?? '')).toEqual({ x: 'é' });
  });

  it('takes an ARN for a name and no payload for an empty object', async () => {
    const reply = await client.send(
      new InvokeCommand({
        FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:sample',
      }),
    );

    expect(reply.Payload?.transformToString()).toBe('{}');
  });

  it('accepts an asynchronous invocation', async () => {
    const reply = await client.send(
      new InvokeCommand({ FunctionName: 'sample', InvocationType: 'Event', Payload: '{}' }),
    );

    expect(reply.StatusCode).toBe(202);
  });

  it("reports a function's fault in a successful reply", async () => {
    const reply = await client.send(
      new InvokeCommand({ FunctionName: 'sample', Payload: '{"do":"throw"}' }),
    );

    expect(reply.StatusCode).toBe(200);
    expect(reply.FunctionError).toBe('Unhandled');
    expect(JSON.parse(reply.Payload?.transformToString() ?? '')).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'as asked',
    });
  });

  it('refuses an unknown function, broken JSON and too large a payload', async () => {
    const invoke = (FunctionName: string, Payload: string) =>
      client.send(new InvokeCommand({ FunctionName, Payload }));

    await expect(invoke('other', '{}')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(invoke('sample', '{')).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
    await expect(invoke('sample', `"${'x'.repeat(6 * 1024 * 1024)}"`)).rejects.toMatchObject({
      name: 'RequestTooLargeException',
    });
  });

  it('shows, disables and enables the event source mapping', async () => {
    const update = (Enabled: boolean) =>
      client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));

    expect((await update(false)).State).toBe('Disabled');
    expect(enabled).toBe(false);
    expect((await update(true)).State).toBe('Enabled');
    expect(await client.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({
      Topics: ['topic'],
      State: 'Enabled',
      LastProcessingResult: 'OK',
    });
    const { EventSourceMappings } = await client.send(new ListEventSourceMappingsCommand({}));
    expect(EventSourceMappings?.map((each) => each.UUID)).toEqual([UUID]);
    await expect(
      client.send(new GetEventSourceMappingCommand({ UUID: 'other' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
