import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../lambdas/adapters/clock/system-clock.ts';
import {
  guardedProducer,
  SendRefused,
  type GuardedProducer,
} from '../../lambdas/adapters/kafka/guarded-producer.ts';
import { kafkaClaimLog } from '../../lambdas/adapters/kafka/kafka-claim-log.ts';
import { deadlineAfter } from '../../lambdas/domain/deadline.ts';
import { testServers } from '../support/servers.ts';
import { newTopic, type TestTopic } from '../support/topic.ts';

const BUDGET_MS = 1_000;
const EVERY_MS = 20;
/** So long nothing is accepted, and claims of all ages wait. */
const STALL_MS = 1_500;
/** Much more than the oldest of those who wait have left. */
const SLOW_MS = 300;

let topic: TestTopic;

beforeAll(async () => {
  topic = await newTopic();
});

afterAll(() => topic.delete());

function realProducer(): GuardedProducer {
  return guardedProducer({ brokers: testServers().kafkaBrokers, clientId: 'test' }, systemClock);
}

/** Claims that come one after the other, as an invocation makes them. */
async function claimFor(
  ms: number,
  log: ReturnType<typeof kafkaClaimLog>,
): Promise<{ readonly acknowledged: number }> {
  const until = performance.now() + ms;
  const outcomes: Promise<boolean>[] = [];
  while (performance.now() < until) {
    log.discardExpired();
    log.ready(BUDGET_MS).catch(() => undefined);
    const publish = log.publish(
      'k',
      `claim ${performance.now()}`,
      deadlineAfter(systemClock, BUDGET_MS),
    );
    outcomes.push(
      publish.then(
        () => true,
        () => false,
      ),
    );
    await sleep(EVERY_MS);
  }
  return { acknowledged: (await Promise.all(outcomes)).filter(Boolean).length };
}

describe('after a stall, with claims of all ages waiting', () => {
  it('a connection that takes its time is made once, and not given up for each claim', async () => {
    const begun = performance.now();
    let made = 0;
    const slowToConnect = (): GuardedProducer => {
      made += 1;
      const producer = realProducer();
      return {
        ...producer,
        async connect() {
          await sleep(Math.max(0, begun + STALL_MS - performance.now()));
          await producer.connect();
        },
      };
    };
    const log = kafkaClaimLog(slowToConnect, topic.name, systemClock);
    const { acknowledged } = await claimFor(2 * STALL_MS, log);
    expect(acknowledged).toBeGreaterThan(0);
    expect(made).toBe(1);
    log.close();
  });

  it('a Kafka that has become slow still gets claims through', async () => {
    const begun = performance.now();
    const refusesThenIsSlow = (): GuardedProducer => {
      const producer = realProducer();
      return {
        ...producer,
        async send(...args) {
          if (performance.now() < begun + STALL_MS) throw new SendRefused('NOT_ENOUGH_REPLICAS');
          await producer.send(...args);
          await sleep(SLOW_MS);
        },
      };
    };
    const log = kafkaClaimLog(refusesThenIsSlow, topic.name, systemClock);
    const { acknowledged } = await claimFor(3 * STALL_MS, log);
    // Of the 150 that came after the stall.
    expect(acknowledged).toBeGreaterThan(75);
    log.close();
  });
});
