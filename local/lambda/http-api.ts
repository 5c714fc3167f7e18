import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from './http-body.ts';
import { invokeOverHttp } from './invoke-api.ts';
import type { LambdaService } from './service.ts';
import { mappingApi, type MappingControl } from './mapping-api.ts';

export interface LambdaHttpApi {
  /** What `AWS_ENDPOINT_URL_LAMBDA` is set to. */
  readonly url: string;
  /** The mapping starts after the functions' endpoint is known, so it is attached later. */
  attach(mapping: MappingControl): void;
  close(): Promise<void>;
}

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
const MAPPINGS = /^\/2015-03-31\/event-source-mappings\/?([^/]*)$/;

/** Lambda refuses a payload above 6 MB. */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/**
 * As much of Lambda's HTTP API as the AWS SDK needs to invoke a function and to look at, enable
 * and disable the event source mapping. Signatures are not checked: it listens on 127.0.0.1 only.
 */
export async function startLambdaHttpApi(service: LambdaService, port = 0): Promise<LambdaHttpApi> {
  const mappings: MappingControl[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      reply(response, 500, { Message: String(error) }, { 'x-amzn-ErrorType': 'ServiceException' });
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').replace(/\?.*$/, '');
    const body = await readBody(request, MAX_PAYLOAD_BYTES);
    if (body === undefined) {
      // The rest of the body is not read, so the connection cannot be used again.
      response.setHeader('connection', 'close');
      fail(response, 413, 'RequestTooLargeException', 'Request must be smaller than 6291456 bytes');
      return;
    }
    const invocation = INVOKE.exec(path);
    if (invocation !== null && request.method === 'POST') {
      const name = decodeURIComponent(invocation[1] ?? '').replace(/^arn:.*:function:/, '');
      const type = request.headers['x-amz-invocation-type'];
      const result = await invokeOverHttp(service, name, type, body);
      reply(response, result.status, result.body, result.headers);
      return;
    }
    const mapping = MAPPINGS.exec(path);
    if (mapping !== null) {
      const result = mappingApi(mappings, request.method ?? 'GET', mapping[1] ?? '', body);
      reply(response, result.status, result.body, result.headers);
      return;
    }
    fail(response, 404, 'UnknownOperationException', `${request.method ?? ''} ${path}`);
  }

  await listen(server, port);
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actualPort}`,
    attach: (mapping) => mappings.push(mapping),
    close: () => closeServer(server),
  };
}

function fail(response: ServerResponse, status: number, type: string, message: string): void {
  reply(response, status, { Type: 'User', Message: message }, { 'x-amzn-ErrorType': type });
}

function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
