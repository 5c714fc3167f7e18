import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../lambdas/adapters/clock/system-clock.ts';
import { guardedProducer } from '../../lambdas/adapters/kafka/guarded-producer.ts';
import { kafkaClaimLog } from '../../lambdas/adapters/kafka/kafka-claim-log.ts';
import type { KafkaConnection } from '../../lambdas/adapters/kafka/kafka-connection.ts';
import { kafkaLogPositions } from '../../lambdas/adapters/kafka/kafka-log-positions.ts';
import { deadlineAfter } from '../../lambdas/domain/deadline.ts';
import { LogUnavailable, type ClaimLog } from '../../lambdas/domain/ports.ts';
import { newCertificates, type Certificates } from '../support/certificates.ts';
import { CleanUp } from '../support/clean-up.ts';
import {
  startSigningBroker,
  unsignedToken,
  type SigningBroker,
} from '../support/signing-broker.ts';
import { newTopic, type TestTopic } from '../support/topic.ts';

const SESSION_MS = 2_000;
const BUDGET_MS = 3_000;
const START_MS = 120_000;

const cleanUp = new CleanUp();
const ofEach = new CleanUp();
let certificates: Certificates;
let broker: SigningBroker;
let topic: TestTopic;

beforeAll(async () => {
  certificates = cleanUp.add(await newCertificates(), (made) => made.remove());
  broker = cleanUp.add(await startSigningBroker(certificates.server, SESSION_MS), (started) =>
    started.remove(),
  );
  topic = cleanUp.add(await newTopic(1, [broker.open]), (made) => made.delete());
}, START_MS);

afterEach(() => ofEach.run());
afterAll(() => cleanUp.run());

function goodToken(): string {
  return unsignedToken(Date.now() + SESSION_MS);
}

function expiredToken(): string {
  return unsignedToken(Date.now() - 60_000);
}

function connection(changes: Partial<KafkaConnection> = {}): KafkaConnection {
  return {
    brokers: () => Promise.resolve([broker.secured]),
    clientId: 'test',
    ssl: { ca: certificates.ca.cert },
    bearerToken: goodToken,
    // A session may not be renewed within its first second.
    signInAgainMs: 500,
    ...changes,
  };
}

function openLog(changes: Partial<KafkaConnection> = {}): ClaimLog {
  const producer = (): ReturnType<typeof guardedProducer> =>
    guardedProducer(connection(changes), systemClock);
  return ofEach.add(kafkaClaimLog(producer, topic.name, systemClock), (log) => {
    log.close();
  });
}

async function publish(log: ClaimLog, value: string): Promise<void> {
  log.discardExpired();
  await log.ready(BUDGET_MS);
  await log.publish('key', value, deadlineAfter(systemClock, BUDGET_MS));
}

async function values(): Promise<string[]> {
  return (await topic.read()).map(({ value }) => value);
}

describe('at a broker that takes TLS and tokens only', () => {
  it('a claim is published, and the positions are read', async () => {
    await publish(openLog(), 'signed');
    expect(await values()).toContain('signed');
    const positions = ofEach.add(kafkaLogPositions(connection(), topic.name, 'group'), (opened) =>
      opened.close(),
    );
    expect(Number((await positions.endOffsets())['0'])).toBeGreaterThan(0);
  });

  it('a broker whose certificate nobody knows is not asked', async () => {
    const log = openLog({ ssl: {} });
    await expect(log.ready(BUDGET_MS)).rejects.toThrow(LogUnavailable);
  });

  it('claims go on for longer than a token lives', async () => {
    let tokens = 0;
    const log = openLog({
      bearerToken: () => {
        tokens += 1;
        return goodToken();
      },
    });
    const end = performance.now() + 3 * SESSION_MS;
    const published: string[] = [];
    while (performance.now() < end) {
      const value = `steady ${published.length}`;
      await publish(log, value);
      published.push(value);
      await sleep(100);
    }
    expect(tokens).toBeGreaterThan(3);
    expect(await values()).toEqual(expect.arrayContaining(published));
  });

  it('a connection whose session is over is good for the next claim all the same', async () => {
    const log = openLog();
    await publish(log, 'before the pause');
    await sleep(SESSION_MS + 1_000);
    await publish(log, 'after the pause');
    expect(await values()).toContain('after the pause');
  });

  it('a token that ran out on its way is followed by another one', async () => {
    let signed = 0;
    const bearerToken = (): string => {
      signed += 1;
      return signed === 1 ? expiredToken() : goodToken();
    };
    await expect(publish(openLog({ bearerToken }), 'signed anew')).resolves.toBeUndefined();
    expect(await values()).toContain('signed anew');
  });

  it('who has no good token is told so, and asks again in vain only once', async () => {
    let signed = 0;
    const log = openLog({
      bearerToken: () => {
        signed += 1;
        return expiredToken();
      },
    });
    await expect(log.ready(BUDGET_MS)).rejects.toThrow(LogUnavailable);
    expect(signed).toBe(2);
  });
});
