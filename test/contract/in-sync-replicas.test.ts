import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { systemClock } from '../../lambdas/adapters/clock/system-clock.ts';
import { guardedProducer } from '../../lambdas/adapters/kafka/guarded-producer.ts';
import { kafkaClaimLog } from '../../lambdas/adapters/kafka/kafka-claim-log.ts';
import { deadlineAfter } from '../../lambdas/domain/deadline.ts';
import type { ClaimLog } from '../../lambdas/domain/ports.ts';
import { PublishOutcomeUnknown } from '../../lambdas/domain/ports.ts';
import { testServers } from '../support/servers.ts';
import type { TestTopic } from '../support/topic.ts';
import { newTopic } from '../support/topic.ts';

let topic: TestTopic;
let log: ClaimLog & { close(): void };

beforeEach(async () => {
  // With one broker there are never two.
  topic = await newTopic(1, [{ name: 'min.insync.replicas', value: '2' }]);
  const connection = { brokers: testServers().kafkaBrokers, clientId: 'test' };
  log = kafkaClaimLog(() => guardedProducer(connection, systemClock), topic.name, systemClock);
  await log.ready(5_000);
});

afterEach(async () => {
  log.close();
  await topic.delete();
});

it('the claim log acknowledges nothing while too few replicas are in sync', async () => {
  const publish = log.publish('k', 'alone', deadlineAfter(systemClock, 1_000));
  await expect(publish).rejects.toThrow(PublishOutcomeUnknown);
});
