import net from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Kafka, Partitioners, logLevel } from 'kafkajs';
import { systemClock } from '../../lambdas/adapters/clock/system-clock.ts';
import type { GuardedProducer } from '../../lambdas/adapters/kafka/guarded-producer.ts';
import { guardedProducer } from '../../lambdas/adapters/kafka/guarded-producer.ts';
import { kafkaClaimLog } from '../../lambdas/adapters/kafka/kafka-claim-log.ts';
import type { Clock } from '../../lambdas/domain/deadline.ts';
import { deadlineAfter } from '../../lambdas/domain/deadline.ts';
import type { ClaimLog } from '../../lambdas/domain/ports.ts';
import { LogUnavailable, PublishOutcomeUnknown } from '../../lambdas/domain/ports.ts';
import { MemoryClaimLog } from '../fakes/memory-claim-log.ts';
import type { ProduceProxy } from '../support/produce-proxy.ts';
import { produceProxy } from '../support/produce-proxy.ts';
import { testServers } from '../support/servers.ts';
import type { TwoBrokers } from '../support/two-brokers.ts';
import { twoBrokers } from '../support/two-brokers.ts';
import type { TestTopic } from '../support/topic.ts';
import { newTopic } from '../support/topic.ts';

const brokers = testServers().kafkaBrokers;
const [host = '', port = ''] = brokers[0]?.split(':') ?? [];

let topic: TestTopic;
let proxy: ProduceProxy;

beforeAll(async () => {
  topic = await newTopic();
  proxy = await produceProxy({ host, port: Number(port) });
});

afterAll(async () => {
  await proxy.close();
  await topic.delete();
});

/** The broker names its own address; the proxy stands before it all the same. */
function throughProxy(_host: string, _port: number, _ssl: unknown, done: () => void): net.Socket {
  return net.connect({ host: '127.0.0.1', port: proxy.port }, done);
}

function newProducer(clock: Clock = systemClock): GuardedProducer {
  return guardedProducer({ brokers, clientId: 'test' }, clock, throughProxy);
}

async function valuesInTopic(): Promise<string[]> {
  return (await topic.read()).map(({ value }) => value);
}

interface Harness {
  readonly log: ClaimLog;
  values(): Promise<string[]>;
  loseReply(): void;
  close(): void;
}

function memoryHarness(): Harness {
  const log = new MemoryClaimLog(systemClock);
  return {
    log,
    values: () => Promise.resolve(log.records.map(({ value }) => value)),
    loseReply: () => {
      log.mood = 'reply lost';
    },
    close: () => undefined,
  };
}

function kafkaHarness(): Harness {
  const log = kafkaClaimLog(newProducer, topic.name, systemClock);
  return {
    log,
    values: valuesInTopic,
    loseReply: () => {
      proxy.spoil('withhold');
    },
    close: () => {
      log.close();
    },
  };
}

describe.each([
  ['in memory', memoryHarness],
  ['in Kafka', kafkaHarness],
])('the claim log %s', (name, newHarness) => {
  let harness: Harness;

  beforeEach(() => {
    harness = newHarness();
  });

  afterEach(() => {
    harness.close();
  });

  const value = (what: string): string => `${name}: ${what}`;

  it('acknowledges what then stands in the log', async () => {
    await harness.log.ready(5_000);
    await harness.log.publish('k', value('one'), deadlineAfter(systemClock, 5_000));
    expect(await harness.values()).toContain(value('one'));
  });

  it('does not acknowledge when the reply is lost, though the record may stand there', async () => {
    await harness.log.ready(5_000);
    harness.loseReply();
    const publish = harness.log.publish('k', value('lost'), deadlineAfter(systemClock, 500));
    await expect(publish).rejects.toThrow(PublishOutcomeUnknown);
    expect(await harness.values()).toContain(value('lost'));
  });

  it('sends nothing past the deadline', async () => {
    await harness.log.ready(5_000);
    const publish = harness.log.publish('k', value('late'), deadlineAfter(systemClock, -1));
    await expect(publish).rejects.toThrow(PublishOutcomeUnknown);
    expect(await harness.values()).not.toContain(value('late'));
  });
});

describe('the claim log in Kafka', () => {
  it('acknowledges many claims at once, each once in the log', async () => {
    const log = kafkaClaimLog(newProducer, topic.name, systemClock);
    const values = Array.from({ length: 1_200 }, (_, i) => `many ${i}`);
    const deadline = deadlineAfter(systemClock, 10_000);
    await Promise.all(values.map((value) => log.publish(value, value, deadline)));
    const found = (await valuesInTopic()).filter((value) => value.startsWith('many '));
    expect(found.toSorted()).toEqual(values.toSorted());
    log.close();
  });

  it('sends with a record the request that it came with, that of the first who publishes it', async () => {
    const log = kafkaClaimLog(newProducer, topic.name, systemClock);
    await log.ready(5_000);
    const deadline = deadlineAfter(systemClock, 5_000);
    const traceParent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const first = { requestId: '1-6b032c9a-9784039597f0000000000001', traceParent };
    const second = { requestId: '1-6b032c9a-9784039597f0000000000002' };
    await Promise.all([
      log.publish('k', 'followed', deadline, first),
      log.publish('k', 'followed', deadline, second),
      log.publish('k', 'of nobody', deadline),
    ]);
    const found = (await topic.read()).filter(({ value }) => /^(followed|of nobody)$/.test(value));
    expect(Object.fromEntries(found.map(({ value, headers }) => [value, headers]))).toEqual({
      followed: { 'request-id': first.requestId, traceparent: traceParent },
      'of nobody': {},
    });
    expect(found).toHaveLength(2);
    log.close();
  });

  it('publishes once for all who publish the same record at the same time', async () => {
    const log = kafkaClaimLog(newProducer, topic.name, systemClock);
    await log.ready(5_000);
    const deadline = deadlineAfter(systemClock, 5_000);
    await Promise.all(Array.from({ length: 50 }, () => log.publish('k', 'pressed', deadline)));
    expect((await valuesInTopic()).filter((value) => value === 'pressed')).toHaveLength(1);
    log.close();
  });

  it('says so when there is no connection, and connects once there is', async () => {
    let away = true;
    const log = kafkaClaimLog(
      () =>
        away
          ? guardedProducer({ brokers: ['127.0.0.1:1'], clientId: 'test' }, systemClock)
          : newProducer(),
      topic.name,
      systemClock,
    );
    await expect(log.ready(300)).rejects.toThrow(LogUnavailable);
    away = false;
    const deadline = systemClock.monotonic() + 10_000;
    while (systemClock.monotonic() < deadline) {
      const connected = await log.ready(500).then(
        () => true,
        () => false,
      );
      if (connected) break;
    }
    await log.publish('k', 'back again', deadlineAfter(systemClock, 5_000));
    expect(await valuesInTopic()).toContain('back again');
    log.close();
  });

  it('sends nothing that was handed over before a freeze and would go out after it', async () => {
    let frozenFor = 0;
    const clock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + frozenFor };
    const log = kafkaClaimLog(() => newProducer(clock), topic.name, clock);
    await log.ready(5_000);
    const publish = log.publish('k', 'frozen', deadlineAfter(clock, 3_000));
    // The record is on its way through kafkajs; before its bytes are written a minute goes by.
    frozenFor = 60_000;
    await expect(publish).rejects.toThrow(PublishOutcomeUnknown);
    log.discardExpired();
    frozenFor = 0;
    await log.publish('k', 'after the thaw', deadlineAfter(clock, 3_000));
    const values = await valuesInTopic();
    expect(values).toContain('after the thaw');
    expect(values).not.toContain('frozen');
    log.close();
  });

  it('has a producer that writes nothing past the deadline, whoever waits for it', async () => {
    let frozenFor = 0;
    const clock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + frozenFor };
    const producer = newProducer(clock);
    await producer.connect();
    const records = [{ key: 'k', value: 'written too late' }];
    const send = producer.send(topic.name, records, deadlineAfter(clock, 3_000));
    frozenFor = 60_000;
    await expect(send).rejects.toThrow();
    expect(await valuesInTopic()).not.toContain('written too late');
    producer.abandon();
  });

  it('does not believe an acknowledgement that came after the wall clock ran on', async () => {
    let ahead = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
    const producer = newProducer();
    const slow: GuardedProducer = {
      ...producer,
      async send(...args) {
        await producer.send(...args);
        ahead = 60_000;
      },
    };
    const log = kafkaClaimLog(() => slow, topic.name, clock);
    await log.ready(5_000);
    const publish = log.publish('k', 'slept', deadlineAfter(clock, 3_000));
    await expect(publish).rejects.toThrow(PublishOutcomeUnknown);
    log.close();
  });
});

describe('when leaders move while a batch is being sent', () => {
  const values = Array.from({ length: 60 }, (_, i) => `<value ${i}>`);
  let brokers: TwoBrokers;

  beforeEach(async () => {
    brokers = await twoBrokers('claims');
  });

  afterEach(() => brokers.close());

  it('kafkajs with its own retries resolves, and has lost the records of the moved ones', async () => {
    const producer = new Kafka({
      brokers: [...brokers.addresses],
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 10 },
    }).producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    brokers.moveLeaders();
    const messages = values.map((value) => ({ key: value, value }));
    await producer.send({ topic: 'claims', acks: -1, messages });
    await producer.disconnect();
    expect(brokers.stored.size).toBeGreaterThan(0);
    expect(brokers.stored.size).toBeLessThan(values.length);
  });

  it('this adapter has lost none', async () => {
    const connection = { brokers: brokers.addresses, clientId: 'test' };
    const sent: number[] = [];
    const newProducer = (): GuardedProducer => {
      const producer = guardedProducer(connection, systemClock);
      return {
        ...producer,
        async send(topicName, records, deadline) {
          // With more than one record it is for both brokers.
          if (records.length > 1 && !sent.some((count) => count > 1)) brokers.moveLeaders();
          sent.push(records.length);
          await producer.send(topicName, records, deadline);
        },
      };
    };
    const log = kafkaClaimLog(newProducer, 'claims', systemClock);
    await log.ready(5_000);
    const deadline = deadlineAfter(systemClock, 5_000);
    await Promise.all(values.map((value) => log.publish(value, value, deadline)));
    log.close();
    expect(brokers.stored).toEqual(new Set(values));
    // Some of them at the second try.
    expect(sent.reduce((sum, count) => sum + count)).toBeGreaterThan(values.length);
  });
});

describe('after a produce whose reply was cut', () => {
  const TRIALS = 5;

  it('kafkajs with idempotent: true loses the next record, though its send resolves', async () => {
    let lost = 0;
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const kafka = new Kafka({
        brokers,
        clientId: 'test',
        logLevel: logLevel.NOTHING,
        retry: { retries: 1, initialRetryTime: 10 },
        socketFactory: ({ onConnect }) => throughProxy('', 0, undefined, onConnect),
      });
      const producer = kafka.producer({
        idempotent: true,
        createPartitioner: Partitioners.DefaultPartitioner,
      });
      await producer.connect();
      const send = (value: string): Promise<unknown> =>
        producer.send({ topic: topic.name, acks: -1, messages: [{ key: 'k', value }] });
      await send(`idempotent ${trial} before`);
      // Once more for kafkajs' retry, which the broker takes for the duplicate that it is.
      proxy.spoil('cut', 2);
      await expect(send(`idempotent ${trial} cut`)).rejects.toThrow();
      await send(`idempotent ${trial} acknowledged`);
      await producer.disconnect();
      if (!(await valuesInTopic()).includes(`idempotent ${trial} acknowledged`)) lost += 1;
    }
    expect(lost).toBe(TRIALS);
  });

  it('this adapter loses none that it acknowledged', async () => {
    const log = kafkaClaimLog(newProducer, topic.name, systemClock);
    const acknowledged: string[] = [];
    const publish = async (value: string): Promise<void> => {
      await log.publish('k', value, deadlineAfter(systemClock, 3_000));
      acknowledged.push(value);
    };
    const before = proxy.spoiled;
    for (let trial = 0; trial < TRIALS; trial += 1) {
      await log.ready(5_000);
      await publish(`adapter ${trial} before`);
      proxy.spoil('cut');
      await publish(`adapter ${trial} cut`).catch(() => undefined);
      await log.ready(5_000);
      await Promise.all([publish(`adapter ${trial} a`), publish(`adapter ${trial} b`)]);
    }
    expect(proxy.spoiled - before).toBe(TRIALS);
    expect(acknowledged.length).toBeGreaterThanOrEqual(3 * TRIALS);
    expect(await valuesInTopic()).toEqual(expect.arrayContaining(acknowledged));
    log.close();
  });
});
