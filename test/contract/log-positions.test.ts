import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Admin } from 'kafkajs';
import { Kafka, logLevel } from 'kafkajs';
import { systemClock } from '../../lambdas/adapters/clock/system-clock.ts';
import { guardedProducer } from '../../lambdas/adapters/kafka/guarded-producer.ts';
import { kafkaClaimLog } from '../../lambdas/adapters/kafka/kafka-claim-log.ts';
import { kafkaLogPositions } from '../../lambdas/adapters/kafka/kafka-log-positions.ts';
import { deadlineAfter } from '../../lambdas/domain/deadline.ts';
import { LogUnavailable, type LogPositions } from '../../lambdas/domain/ports.ts';
import { CleanUp } from '../support/clean-up.ts';
import { newCouponId } from '../support/samples.ts';
import { testServers } from '../support/servers.ts';
import type { TestTopic } from '../support/topic.ts';
import { newTopic } from '../support/topic.ts';
import { until } from '../support/until.ts';

const connection = { brokers: testServers().kafkaBrokers, clientId: 'test' };

const cleanUp = new CleanUp();
let admin: Admin;
let topic: TestTopic;
let groupId: string;
let positions: LogPositions;

beforeEach(async () => {
  admin = new Kafka({ ...connection, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  cleanUp.add(admin, (connected) => connected.disconnect());
  topic = cleanUp.add(await newTopic(1), (created) => created.delete());
  groupId = `group-${newCouponId()}`;
  const opened = kafkaLogPositions(connection, topic.name, groupId);
  positions = cleanUp.add(opened, (each) => each.close());
  // A Kafka that has just started refuses the first who asks for groups: it loads them then.
  await until('groups are loaded', 30_000, () => positions.committedOffsets());
});

afterEach(() => cleanUp.run());

async function publish(count: number): Promise<void> {
  const newProducer = (): ReturnType<typeof guardedProducer> =>
    guardedProducer(connection, systemClock);
  const log = kafkaClaimLog(newProducer, topic.name, systemClock);
  for (let i = 0; i < count; i += 1) {
    await log.publish('k', `value ${i}`, deadlineAfter(systemClock, 5_000));
  }
  log.close();
}

function commit(offset: string): Promise<void> {
  return admin.setOffsets({ groupId, topic: topic.name, partitions: [{ partition: 0, offset }] });
}

function expire(offset: string): Promise<void> {
  return admin.deleteTopicRecords({
    topic: topic.name,
    partitions: [{ partition: 0, offset }],
  });
}

describe('the positions of the log', () => {
  it('are not to be had while Kafka is away, which is no bug', async () => {
    const away = kafkaLogPositions({ ...connection, brokers: ['127.0.0.1:1'] }, 'none', groupId);
    await expect(away.endOffsets()).rejects.toThrow(LogUnavailable);
    await expect(away.committedOffsets()).rejects.toThrow(LogUnavailable);
    await away.close();
  });

  it('are missed in our own words: neither hosts nor ports are in them', async () => {
    const brokers = ['127.0.0.1:1'];
    const away = kafkaLogPositions({ ...connection, brokers }, topic.name, groupId);
    await expect(away.endOffsets()).rejects.toMatchObject({
      message: 'Kafka does not tell where the log stands: ECONNREFUSED',
    });
    await away.close();
    const nowhere = kafkaLogPositions(connection, `none.${topic.name}`, groupId);
    cleanUp.add(nowhere, (each) => each.close());
    await expect(nowhere.endOffsets()).rejects.toMatchObject({
      message: 'Kafka does not tell where the log stands: UNKNOWN_TOPIC_OR_PARTITION',
    });
  });

  it('are none where nothing was ever published', async () => {
    expect(await positions.endOffsets()).toEqual({ '0': '0' });
    expect(await positions.committedOffsets()).toEqual({ '0': '0' });
  });

  it('are the offsets of the next records: to be written, and to be recorded', async () => {
    await publish(3);
    expect(await positions.endOffsets()).toEqual({ '0': '3' });
    expect(await positions.committedOffsets()).toEqual({ '0': '0' });
    await commit('2');
    expect(await positions.committedOffsets()).toEqual({ '0': '2' });
    expect(await positions.endOffsets()).toEqual({ '0': '3' });
  });

  it('leave out what retention has removed: it will never be delivered', async () => {
    await publish(3);
    await commit('1');
    await expire('3');
    expect(await positions.endOffsets()).toEqual({ '0': '3' });
    expect(await positions.committedOffsets()).toEqual({ '0': '3' });
  });
});
