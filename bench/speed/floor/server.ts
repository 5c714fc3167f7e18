/**
 * The floor: the round trips of a claim, and nothing around them. Checks a token, calls the gate's
 * script, publishes with whoever came meanwhile, confirms, answers 202. No event, no routing, no
 * validation, no limits, no deadlines, no faults: what any error costs here is the whole process.
 *
 * Gets a {@link FloorJob} as its first message, and answers with its address.
 */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader } from 'jose';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { isSignedBy } from '../../../lambdas/adapters/jose/token-signature.ts';
import { claimRecordPrefix } from '../../../lambdas/domain/claim-record.ts';
import { gateKeys, gateScripts } from '../../../lambdas/adapters/valkey/gate-scripts.ts';
import type { FloorJob } from './floor.ts';

interface Publication {
  readonly key: string;
  readonly value: string;
  readonly done: () => void;
}

type Scripts = Record<'gateClaim' | 'gateConfirm', (...args: string[]) => Promise<unknown>>;

const [job] = (await once(process, 'message')) as [FloorJob];
const { issuer, audience, topic } = job;
const keys = createLocalJWKSet(job.jwks);
const { gateClaim, gateConfirm } = gateScripts;
const valkey = new Redis(job.valkey, { scripts: { gateClaim, gateConfirm } }) as Redis & Scripts;
const kafka = new Kafka({ clientId: 'floor', brokers: job.brokers, logLevel: logLevel.NOTHING });
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();

let waiting: Publication[] = [];
let isSending = false;

async function sendWaiting(): Promise<void> {
  isSending = true;
  while (waiting.length > 0) {
    const batch = waiting;
    waiting = [];
    await producer.send({ topic, acks: -1, messages: batch });
    for (const { done } of batch) done();
  }
  isSending = false;
}

function publish(key: string, value: string): Promise<void> {
  return new Promise((done) => {
    waiting.push({ key, value, done });
    if (!isSending) void sendWaiting();
  });
}

function digest(...parts: readonly string[]): string {
  const mac = createHmac('sha256', job.secret).update(parts.join(' ')).digest();
  return mac.subarray(0, 16).toString('base64url');
}

async function userOf(token: string): Promise<string> {
  const header = decodeProtectedHeader(token);
  const isSigned = isSignedBy(token, header.alg ?? '', await keys(header));
  const { iss, aud, exp = 0, sub = '' } = decodeJwt(token);
  const isGood = iss === issuer && aud === audience && exp * 1000 > Date.now();
  if (!isSigned || !isGood) throw new Error('the token is not good');
  return sub;
}

async function claim(couponId: string, authorization: string): Promise<string> {
  const userId = await userOf(authorization.slice('Bearer '.length));
  const [id, userKey] = [digest(couponId, userId), digest(userId)];
  const prefix = claimRecordPrefix(couponId, userId, userKey);
  const gate = gateKeys(couponId);
  const reply = await valkey.gateClaim(...gate, couponId, id, '', userKey, userId, prefix);
  const [kind, record = ''] = reply as string[];
  if (kind !== 'accepted') throw new Error(`the floor's gate says ${kind ?? ''}`);
  await publish(`${couponId}_${id}`, record);
  await valkey.gateConfirm(...gate, job.epoch, id);
  return record;
}

function answer(response: ServerResponse, body: string): void {
  response.writeHead(202, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

const server = createServer({ noDelay: true }, (request, response) => {
  const couponId = request.url?.split('/')[3] ?? '';
  void claim(couponId, request.headers.authorization ?? '').then((record) => {
    answer(response, record);
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
