import { once } from 'node:events';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import type { JSONWebKeySet } from 'jose';
import { connectValkey } from '../../../lambdas/adapters/valkey/valkey-client.ts';
import { valkeyStockGate } from '../../../lambdas/adapters/valkey/stock-gate.ts';
import type { Endpoints } from '../../../local/endpoints.ts';
import { discoverJwksUri } from '../../../local/servers/issuer/check.ts';
import { askProcess } from '../ask-process.ts';

/** What the floor's process is told, once, as it starts. */
export interface FloorJob {
  readonly issuer: string;
  readonly audience: string;
  readonly jwks: JSONWebKeySet;
  readonly valkey: string;
  readonly brokers: string[];
  readonly topic: string;
  readonly epoch: string;
  /** Of the ids' HMAC. */
  readonly secret: string;
}

/** The floor on the servers of a stack, in a process of its own, like the stack. */
export interface Floor {
  readonly api: string;
  /** Opens the gate of a coupon that nobody has claimed yet. */
  openGate(couponId: string, quantity: number): Promise<void>;
  stop(): Promise<void>;
}

const TOPIC = 'floor';
const EPOCH = 1;
/** As many as the stack's topic has. */
const PARTITIONS = 8;
const TIMEOUT_MS = 5_000;
const HOUR_MS = 3_600_000;

export async function startFloor(endpoints: Endpoints): Promise<Floor> {
  const { issuer, audience, valkey: valkeyUrl } = endpoints;
  const brokers = endpoints.kafka.split(',');
  await createTopic(brokers);
  const jwks = await publishedKeys(issuer);
  const job: FloorJob = {
    issuer,
    audience,
    jwks,
    valkey: valkeyUrl,
    brokers,
    topic: TOPIC,
    epoch: String(EPOCH),
    secret: 'not a secret: the floor is measured and gone',
  };
  const asked = askProcess<string>(join(import.meta.dirname, 'server.ts'), job);
  const api = await asked.answer;
  const valkey = connectValkey({ url: valkeyUrl, commandTimeoutMs: TIMEOUT_MS }, () => undefined);
  const gate = valkeyStockGate(valkey, TIMEOUT_MS);
  return {
    api,
    async openGate(couponId, quantity) {
      const now = Date.now();
      await gate.beginBuilding(couponId, EPOCH);
      await gate.clear(couponId, EPOCH, 1);
      const isOpen = await gate.open(couponId, {
        epoch: EPOCH,
        given: 0,
        forgetAt: now + HOUR_MS,
        version: 1,
        quantity,
        lastSequence: 0,
        perUserLimit: 1,
        control: 'active',
        issueStartsAt: now - HOUR_MS,
        issueEndsAt: now + HOUR_MS,
      });
      if (!isOpen) throw new Error('the gate of the floor is not open');
    },
    async stop() {
      valkey.disconnect();
      const { process: child } = asked;
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function createTopic(brokers: string[]): Promise<void> {
  const kafka = new Kafka({ clientId: 'bench', brokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS }] });
  } finally {
    await admin.disconnect();
  }
}

async function publishedKeys(issuer: string): Promise<JSONWebKeySet> {
  const reply = await fetch(await discoverJwksUri(issuer));
  return (await reply.json()) as JSONWebKeySet;
}
