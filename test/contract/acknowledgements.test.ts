import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../lambdas/adapters/clock/system-clock.ts';
import { guardedProducer } from '../../lambdas/adapters/kafka/guarded-producer.ts';
import { kafkaClaimLog } from '../../lambdas/adapters/kafka/kafka-claim-log.ts';
import { deadlineAfter } from '../../lambdas/domain/deadline.ts';
import type { ClaimLog } from '../../lambdas/domain/ports.ts';
import { PublishOutcomeUnknown } from '../../lambdas/domain/ports.ts';
import { CleanUp } from '../support/clean-up.ts';
import { produceProxy } from '../support/produce-proxy.ts';
import { testServers } from '../support/servers.ts';
import { tcpProxy } from '../support/tcp-proxy.ts';
import type { TestTopic } from '../support/topic.ts';
import { newTopic } from '../support/topic.ts';

const PRODUCE_API_KEY = 0;
const ALL_IN_SYNC = -1;

const brokers = testServers().kafkaBrokers;
const [host = '', port = ''] = brokers[0]?.split(':') ?? [];
const broker = { host, port: Number(port) };

const cleanUp = new CleanUp();
let topic: TestTopic;

beforeEach(async () => {
  topic = cleanUp.add(await newTopic(1), (created) => created.delete());
});

afterEach(() => cleanUp.run());

/** The log over a proxy: the broker names its own address, and the proxy stands before it. */
function logThrough(proxyPort: number): ClaimLog {
  const open = (_host: string, _port: number, _ssl: unknown, done: () => void): net.Socket =>
    net.connect({ host: '127.0.0.1', port: proxyPort }, done);
  const newProducer = (): ReturnType<typeof guardedProducer> =>
    guardedProducer({ brokers, clientId: 'test' }, systemClock, open);
  return cleanUp.add(kafkaClaimLog(newProducer, topic.name, systemClock), (log) => {
    log.close();
  });
}

/**
 * The field `acks` of a produce request: behind its length, API key, version, correlation id,
 * client id and, from version 3 on, its transactional id. Undefined of another request.
 */
function acksOf(request: Buffer): number | undefined {
  if (request.readInt16BE(4) !== PRODUCE_API_KEY) return undefined;
  const version = request.readInt16BE(6);
  const clientId = Math.max(0, request.readInt16BE(12));
  const afterClient = 14 + clientId;
  if (version < 3) return request.readInt16BE(afterClient);
  const transactionalId = Math.max(0, request.readInt16BE(afterClient));
  return request.readInt16BE(afterClient + 2 + transactionalId);
}

describe('an acknowledgement', () => {
  it('is asked of all replicas in sync', async () => {
    const acks: (number | undefined)[] = [];
    const proxy = await tcpProxy(broker, {
      toServer: (bytes) => {
        const asked = acksOf(bytes);
        if (asked !== undefined) acks.push(asked);
        return true;
      },
    });
    cleanUp.add(proxy, (opened) => opened.close());
    const log = logThrough(proxy.port);
    await log.publish('k', 'v', deadlineAfter(systemClock, 5_000));
    expect(acks).toEqual([ALL_IN_SYNC]);
  });

  it('is of its own record, also behind one that was given up', async () => {
    const proxy = cleanUp.add(await produceProxy(broker), (opened) => opened.close());
    const log = logThrough(proxy.port);
    const values: string[] = [];
    for (let trial = 0; trial < 3; trial += 1) {
      await log.ready(5_000);
      proxy.spoil('cut', Number.MAX_SAFE_INTEGER);
      const givenUp = log.publish('k', `given up ${trial}`, deadlineAfter(systemClock, 700));
      await expect(givenUp).rejects.toThrow(PublishOutcomeUnknown);
      proxy.spoil('cut', 0);
      await log.ready(5_000);
      await log.publish('k', `acknowledged ${trial}`, deadlineAfter(systemClock, 5_000));
      values.push(`acknowledged ${trial}`);
    }
    const found = (await topic.read()).map(({ value }) => value);
    expect(found).toEqual(expect.arrayContaining(values));
  });

  it('is never had for a record that was given up before it was sent', async () => {
    let holding = false;
    let held: Promise<unknown> = Promise.resolve();
    const proxy = await tcpProxy(broker, {
      toClient: (bytes, { client }) => {
        if (!holding) return true;
        holding = false;
        held = sleep(1_000).then(() => client.write(bytes));
        return false;
      },
    });
    cleanUp.add(proxy, (opened) => opened.close());
    const log = logThrough(proxy.port);
    await log.ready(5_000);
    // Before its first record the producer asks where the partition is.
    holding = true;
    const givenUp = log.publish('k', 'given up', deadlineAfter(systemClock, 300));
    await expect(givenUp).rejects.toThrow(PublishOutcomeUnknown);
    await log.publish('k', 'next', deadlineAfter(systemClock, 5_000));
    await held;
    // On one connection: by the first reply the held one was read, by the second what came of it.
    for (const value of ['last', 'end']) {
      await log.publish('k', value, deadlineAfter(systemClock, 5_000));
    }
    const found = (await topic.read()).map(({ value }) => value);
    expect(found.toSorted()).toEqual(['end', 'last', 'next']);
  });
});
