import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaEvent } from '../../local/event-source-mapping/dispatcher.ts';
import {
  EventSourceMapping,
  type MappingOptions,
} from '../../local/event-source-mapping/mapping.ts';
import type { InvocationOutcome } from '../../local/lambda/invocation.ts';
import { TestKafka } from './kafka.ts';

const OK: InvocationOutcome = { kind: 'returned', value: { batchItemFailures: [] } };
const FAULT: InvocationOutcome = {
  kind: 'failed',
  error: { errorType: 'Error', errorMessage: 'not today' },
};

describe('the event source mapping with a real Kafka', () => {
  let kafka: TestKafka;
  let mapping: EventSourceMapping | undefined;
  let topic = '';
  let count = 0;
  const events: KafkaEvent[] = [];
  const log: string[] = [];

  beforeAll(async () => {
    kafka = await TestKafka.start();
  }, 180_000);

  afterAll(() => kafka.stop());

  afterEach(async () => {
    await mapping?.stop();
    mapping = undefined;
  });

  async function newTopic(partitions: number): Promise<void> {
    topic = `topic-${++count}`;
    events.length = 0;
    await kafka.createTopic(topic, partitions);
  }

  async function start(
    invoke: (event: KafkaEvent) => Promise<InvocationOutcome> | InvocationOutcome,
    options: Partial<MappingOptions> = {},
  ): Promise<EventSourceMapping> {
    mapping = new EventSourceMapping({
      brokers: kafka.brokers,
      topic,
      group: `group-of-${topic}`,
      functionName: 'record',
      invoke: async (event) => {
        events.push(event);
        return invoke(event);
      },
      log: (line) => log.push(line),
      ...options,
    });
    await mapping.start();
    return mapping;
  }

  const produce = (partition: number, ...values: readonly string[]): Promise<void> =>
    kafka.produce(
      topic,
      values.map((value) => ({ partition, value })),
    );

  const committed = async (): Promise<number[]> => {
    const offsets = await kafka.committed(`group-of-${topic}`, topic);
    return [...offsets].sort(([a], [b]) => a - b).map(([, offset]) => offset);
  };

  it("hands over records as MSK's mapping does", async () => {
    await newTopic(2);
    await start(() => OK);
    await kafka.produce(topic, [
      {
        partition: 1,
        key: 'k',
        value: '{"a":"é"}',
        timestamp: '1700000000000',
        headers: { traceparent: 'ab', twice: ['x', 'y'] },
      },
      { partition: 1, value: null },
    ]);
    await eventually(() => events.length > 0);

    expect(events[0]).toEqual({
      eventSource: 'aws:kafka',
      eventSourceArn: expect.stringContaining('arn:aws:kafka:'),
      bootstrapServers: kafka.brokers.join(','),
      records: {
        [`${topic}-1`]: [
          {
            topic,
            partition: 1,
            offset: 0,
            timestamp: 1700000000000,
            timestampType: 'CREATE_TIME',
            key: Buffer.from('k').toString('base64'),
            value: Buffer.from('{"a":"é"}').toString('base64'),
            headers: [{ traceparent: [97, 98] }, { twice: [120] }, { twice: [121] }],
          },
          expect.objectContaining({ offset: 1, headers: [] }),
        ],
      },
    });
  });

  it('keeps the order of a partition and puts several partitions into one event', async () => {
    await newTopic(4);
    await Promise.all([0, 1, 2, 3].map((partition) => produce(partition, ...numbers(100))));
    await start(() => OK, { batchSize: 150 });
    await eventually(async () => (await committed()).join() === '100,100,100,100');

    for (const partition of [0, 1, 2, 3]) expect(valuesOf(partition)).toEqual(numbers(100));
    expect(events.some((event) => Object.keys(event.records).length > 1)).toBe(true);
    expect(events.every((event) => sizeOf(event) <= 150)).toBe(true);
  });

  it('invokes several partitions at once, but one partition never twice', async () => {
    await newTopic(4);
    await Promise.all([0, 1, 2, 3].map((partition) => produce(partition, ...numbers(40))));
    const inFlight = new Set<string>();
    let most = 0;
    let overlapped = false;
    await start(
      async ({ records }) => {
        for (const key of Object.keys(records)) {
          overlapped ||= inFlight.has(key);
          inFlight.add(key);
        }
        most = Math.max(most, inFlight.size);
        await sleep(50);
        for (const key of Object.keys(records)) inFlight.delete(key);
        return OK;
      },
      { batchSize: 10 },
    );
    await eventually(async () => (await committed()).join() === '40,40,40,40');

    expect(overlapped).toBe(false);
    expect(most).toBeGreaterThan(1);
  });

  it('commits only what has succeeded, at once', async () => {
    await newTopic(1);
    let release: (outcome: InvocationOutcome) => void = () => undefined;
    await start(() => new Promise((resolve) => (release = resolve)));
    await produce(0, 'a', 'b');
    await eventually(() => events.length === 1);
    await sleep(300);

    const tooEarly = await committed();
    release(OK);
    await eventually(async () => (await committed())[0] === 2, 1000);

    expect(tooEarly).toEqual([-1]);
  });

  it('goes on from the first failure of each partition', async () => {
    await newTopic(2);
    await produce(0, ...numbers(6));
    await produce(1, ...numbers(3));
    await start(() => {
      if (events.length > 1) return OK;
      const failed = (offset: number) => ({ itemIdentifier: { partition: `${topic}-0`, offset } });
      return { kind: 'returned', value: { batchItemFailures: [failed(5), failed(2)] } };
    });
    await eventually(async () => (await committed()).join() === '6,3');

    expect(valuesOf(0)).toEqual([...numbers(6), '2', '3', '4', '5']);
    expect(valuesOf(1)).toEqual(numbers(3));
  });

  it('retries the whole batch when the answer cannot be understood', async () => {
    await newTopic(1);
    const answers: unknown[] = [
      'nonsense',
      { batchItemFailures: [{ itemIdentifier: '' }] },
      { batchItemFailures: [{ itemIdentifier: { partition: `${topic}-9`, offset: 0 } }] },
      { batchItemFailures: [{ itemIdentifier: { partition: `${topic}-0`, offset: 77 } }] },
    ];
    await produce(0, 'a');
    await start(() => {
      const value = answers[events.length - 1];
      return value === undefined ? OK : { kind: 'returned', value };
    });
    await eventually(async () => (await committed())[0] === 1);

    expect(valuesOf(0)).toEqual(['a', 'a', 'a', 'a', 'a']);
  });

  it('halves a failing batch until the bad record is alone, and holds up no other partition', async () => {
    await newTopic(2);
    await produce(0, ...numbers(8), 'bad', ...numbers(3));
    let healed = false;
    await start(({ records }) =>
      !healed && valuesIn(records[`${topic}-0`]).includes('bad') ? FAULT : OK,
    );
    await produce(1, 'x');
    await eventually(async () => (await committed()).join() === '8,1', 15_000);
    await sleep(1500);

    expect((await committed())[0]).toBe(8);
    expect(valuesIn(events.at(-1)?.records[`${topic}-0`])).toEqual(['bad']);
    await produce(1, 'y');
    await eventually(async () => (await committed())[1] === 2, 3000);

    healed = true;
    await eventually(async () => (await committed()).join() === '12,2', 3000);
  });

  it('hands out nothing while it is paused, and everything after', async () => {
    await newTopic(2);
    const paused = await start(() => OK);
    await produce(0, 'a');
    await eventually(async () => (await committed())[0] === 1);

    paused.pause();
    await produce(0, 'b');
    await produce(1, 'c');
    await sleep(700);
    expect(paused.state()).toBe('Disabled');
    expect(events).toHaveLength(1);

    paused.resume();
    await eventually(async () => (await committed()).join() === '2,1', 3000);
    expect(paused.state()).toBe('Enabled');
  });

  it('finishes and commits the batch in flight when it is stopped', async () => {
    await newTopic(1);
    const stopping = await start(
      async () => {
        await sleep(400);
        return OK;
      },
      { batchSize: 2 },
    );
    await produce(0, ...numbers(6));
    await eventually(() => events.length === 1);

    await stopping.stop();

    expect(await committed()).toEqual([2]);
    await start(() => OK);
    await eventually(async () => (await committed())[0] === 6);
    expect(valuesOf(0)).toEqual(numbers(6));
  });

  it('keeps an event below 6 MB', async () => {
    await newTopic(1);
    const large = 'x'.repeat(900_000);
    for (let i = 0; i < 8; i++) await produce(0, large);
    await start(() => OK, { windowMs: 500 });
    await eventually(async () => (await committed())[0] === 8);

    for (const event of events) expect(JSON.stringify(event).length).toBeLessThan(6 * 1024 * 1024);
  });

  it('is back soon after the broker was killed, and loses nothing', async () => {
    await newTopic(2);
    await start(() => OK);
    await produce(0, 'a');
    await eventually(async () => (await committed())[0] === 1);

    process.kill(kafka.server.pid() ?? 0, 'SIGKILL');
    await sleep(200);
    await kafka.server.healthy();
    await produce(0, 'b');
    await produce(1, 'c');
    const served = performance.now();
    await eventually(() => valuesOf(0).includes('b') && valuesOf(1).includes('c'), 20_000);

    expect(performance.now() - served).toBeLessThan(3000);
    await eventually(async () => (await committed()).join() === '2,1', 5000);
  });

  function valuesOf(partition: number): string[] {
    return events.flatMap(({ records }) => valuesIn(records[`${topic}-${partition}`]));
  }
});

function valuesIn(records: KafkaEvent['records'][string] | undefined): string[] {
  return (records ?? []).map(({ value }) => Buffer.from(value ?? '', 'base64').toString());
}

function sizeOf(event: KafkaEvent): number {
  return Object.values(event.records).flat().length;
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

/** Polls until the condition holds; throws after the given milliseconds. */
async function eventually(
  condition: () => boolean | Promise<boolean>,
  patienceMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${patienceMs} ms`);
    await sleep(50);
  }
}
