import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNT } from './account.ts';

/** How the next calls are answered. */
export type Mood = 'well' | 'throttled' | 'broken' | 'slow';

/** A call that was answered well or ill, by what was asked. */
type Called = 'GetSecretValue' | 'GetBootstrapBrokers';

export interface AwsStandIn {
  readonly url: string;
  /** By name or ARN. */
  readonly secrets: Map<string, string>;
  /** By the cluster's ARN, `host:port` separated by commas. */
  readonly brokers: Map<string, string>;
  /** In their order. */
  readonly calls: Called[];
  /** Of all calls from now on, or of the next `count` only. */
  answer(mood: Mood, count?: number): void;
  close(): Promise<void>;
}

/** Longer than anybody waits. */
const SLOW_MS = 5_000;

/** As much of Secrets Manager and MSK as is asked here, in their own protocols, over plain HTTP. */
export async function startAwsStandIn(): Promise<AwsStandIn> {
  const secrets = new Map<string, string>();
  const brokers = new Map<string, string>();
  const calls: Called[] = [];
  let mood: Mood = 'well';
  let left = Number.POSITIVE_INFINITY;

  const nextMood = (): Mood => {
    if (left <= 0) return 'well';
    left -= 1;
    return mood;
  };
  const succeed = (response: ServerResponse, asked: Called, request: string): void => {
    if (asked === 'GetSecretValue') {
      const { SecretId: id } = JSON.parse(request) as { readonly SecretId: string };
      const text = secrets.get(id);
      if (text === undefined) refuse(response, 400, 'ResourceNotFoundException');
      else reply(response, 200, { ARN: id, Name: id, SecretString: text });
      return;
    }
    const list = brokers.get(request);
    if (list === undefined) refuse(response, 404, 'NotFoundException');
    else reply(response, 200, { bootstrapBrokerStringSaslIam: list });
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request);
    const [, cluster] =
      /^\/v1\/clusters\/([^/]+)\/bootstrap-brokers$/.exec(request.url ?? '') ?? [];
    const asked = cluster === undefined ? 'GetSecretValue' : 'GetBootstrapBrokers';
    if (!isSigned(request, asked)) {
      refuse(response, 403, 'IncompleteSignatureException');
      return;
    }
    calls.push(asked);
    const now = nextMood();
    if (now === 'slow') await sleep(SLOW_MS, undefined, { ref: false });
    if (now === 'throttled') refuse(response, 429, 'TooManyRequestsException');
    else if (now === 'broken') refuse(response, 500, 'InternalServerErrorException');
    else succeed(response, asked, cluster === undefined ? body : decodeURIComponent(cluster));
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    brokers,
    calls,
    answer(next, count = Number.POSITIVE_INFINITY) {
      mood = next;
      left = count;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const SERVICE: Readonly<Record<Called, string>> = {
  GetSecretValue: 'secretsmanager',
  GetBootstrapBrokers: 'kafka',
};

/** By the tests' account, for the service that is called. */
function isSigned({ headers }: IncomingMessage, asked: Called): boolean {
  const target = headers['x-amz-target'];
  if (asked === 'GetSecretValue' && target !== 'secretsmanager.GetSecretValue') return false;
  const scope = `${ACCOUNT.region}/${SERVICE[asked]}/aws4_request`;
  return (
    new RegExp(
      `^AWS4-HMAC-SHA256 Credential=${ACCOUNT.accessKeyId}/\\d{8}/${scope}, ` +
        'SignedHeaders=[^,]*\\bhost\\b[^,]*, Signature=[0-9a-f]{64}$',
    ).test(headers.authorization ?? '') && headers['x-amz-security-token'] === ACCOUNT.sessionToken
  );
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.setHeader('x-amzn-errortype', code);
  reply(response, status, { __type: code, message: 'as the test has it' });
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
