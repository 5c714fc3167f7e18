import { failure, type ApiReply } from './invoke-api.ts';

/** What an operator or a test may see and do with an event source mapping. */
export interface MappingControl {
  readonly uuid: string;
  readonly functionArn: string;
  readonly eventSourceArn: string;
  readonly topic: string;
  readonly batchSize: number;
  /** `Disabling` until the invocations in flight have ended. */
  state(): 'Enabled' | 'Disabling' | 'Disabled';
  /** The outcome of the last invocation, in words. */
  lastResult(): string;
  pause(): void;
  resume(): void;
}

/** Lambda's Get-, List- and UpdateEventSourceMapping; of the settings only `Enabled` can change. */
export function mappingApi(
  mappings: readonly MappingControl[],
  method: string,
  uuid: string,
  body: Buffer,
): ApiReply {
  if (uuid === '' && method === 'GET') {
    return ok(200, { EventSourceMappings: mappings.map(describe) });
  }
  const mapping = mappings.find((each) => each.uuid === uuid);
  if (mapping === undefined) {
    const message = 'The resource you requested does not exist.';
    return failure(404, 'ResourceNotFoundException', message);
  }
  if (method === 'GET') return ok(200, describe(mapping));
  if (method !== 'PUT') return failure(404, 'UnknownOperationException', method);
  const enabled = enabledIn(body);
  if (enabled === undefined) {
    const message = 'Here only Enabled (true or false) can be changed';
    return failure(400, 'InvalidParameterValueException', message);
  }
  if (enabled) mapping.resume();
  else mapping.pause();
  return ok(202, describe(mapping));
}

function describe(mapping: MappingControl): Record<string, unknown> {
  return {
    UUID: mapping.uuid,
    FunctionArn: mapping.functionArn,
    EventSourceArn: mapping.eventSourceArn,
    Topics: [mapping.topic],
    BatchSize: mapping.batchSize,
    State: mapping.state(),
    LastProcessingResult: mapping.lastResult(),
  };
}

function enabledIn(body: Buffer): boolean | undefined {
  try {
    const { Enabled } = JSON.parse(body.toString('utf8')) as { Enabled?: unknown };
    return typeof Enabled === 'boolean' ? Enabled : undefined;
  } catch {
    return undefined;
  }
}

function ok(status: number, body: unknown): ApiReply {
  return { status, body, headers: {} };
}
