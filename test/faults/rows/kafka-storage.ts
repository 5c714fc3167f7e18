import { expect } from 'expect';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultBench } from '../bench/fault-bench.ts';
import { spoilProduceReplies } from '../bench/kafka-traffic.ts';
import { KAFKA_ERROR, produceErrors, rewriteErrors } from '../bench/produce-errors.ts';
import type { FaultRow } from '../bench/row.ts';
import type { Spike } from '../bench/spike.ts';
import { until } from '../../support/until.ts';
import { KAFKA_IS_AWAY } from './kafka.ts';

const SPOILT_MS = 5_000;
/** The controller takes a broker for dead after 2 s here. */
const UNDER_MIN_ISR_MS = 8_000;
/** Started again and again, in vain. */
const FULL_MS = 5_000;
const GIVES_UP_MS = 20_000;

/** What the brokers can't keep as they must. */
export const kafkaStorageRows: readonly FaultRow[] = [
  {
    id: '17b',
    title: 'the in-sync replicas fall below the minimum after the append',
    injection:
      'of two replies to produce requests one says NOT_ENOUGH_REPLICAS_AFTER_APPEND, for 5 s',
    answers: KAFKA_IS_AWAY,
    says: ['fault: kafka'],
    rings: {
      none: 'Every publish is tried again within its budget: claims are a little slower, and none is refused',
    },
    async strike({ bench: { links }, spike }) {
      let hits = 0;
      let replies = 0;
      links.kafka.spoil(
        spoilProduceReplies((reply) => {
          replies += 1;
          if (replies % 2 === 0) {
            hits += rewriteErrors(reply, KAFKA_ERROR.notEnoughReplicasAfterAppend);
          }
          return 'pass';
        }),
      );
      await sleep(SPOILT_MS);
      links.kafka.mend();
      spike.healed();
      return hits;
    },
  },
  {
    id: '18',
    title: "Kafka's disk is full",
    injection: 'a tmpfs of 96 MB is filled under claims; Kafka ends, and again at each start, 5 s',
    options: { kafkaDiskMb: 96 },
    answers: KAFKA_IS_AWAY,
    says: ['outcome unknown', 'server away', 'fault: kafka'],
    rings: ['claims-unsure'],
    async strike({ bench, spike }) {
      const first = kafkaPid(bench);
      await bench.kafkaDisk.fill();
      const hits = await until('Kafka ends', GIVES_UP_MS, () =>
        kafkaPid(bench) === first ? undefined : spike.inFlight,
      );
      await sleep(FULL_MS);
      await bench.kafkaDisk.free();
      await bench.servers.healthy();
      spike.healed();
      return hits;
    },
  },
  {
    id: '17',
    title: 'the in-sync replicas are fewer than the minimum',
    injection: 'kill -9 of two of three brokers under claims: NOT_ENOUGH_REPLICAS, for 8 s',
    options: { brokers: 3 },
    answers: KAFKA_IS_AWAY,
    says: ['outcome unknown', 'fault: kafka'],
    rings: ['claims-unsure'],
    async strike({ bench, spike }) {
      const refused = countRefusals(bench, KAFKA_ERROR.notEnoughReplicas);
      const { cluster } = bench;
      await cluster.whileKilled(cluster.followers, async () => {
        const alone = Date.now();
        await sleep(UNDER_MIN_ISR_MS);
        // What one broker has may be lost with it.
        expect(promisedSince(spike, alone)).toEqual([]);
      });
      spike.healed();
      return refused();
    },
  },
];

function kafkaPid({ servers }: FaultBench): number | undefined {
  try {
    return servers.pid('kafka');
  } catch {
    return undefined;
  }
}

function promisedSince({ replies }: Spike, since: number): string[] {
  return replies.flatMap(({ sentAt, issuance }) =>
    sentAt >= since && issuance !== undefined ? [issuance.id] : [],
  );
}

/** Returns how many partitions' records were refused so, by any broker, since. */
function countRefusals({ cluster }: FaultBench, code: number): () => number {
  let count = 0;
  for (const { link } of cluster.brokers) {
    link.spoil(
      spoilProduceReplies((reply) => {
        count += produceErrors(reply).filter((error) => error.code === code).length;
        return 'pass';
      }),
    );
  }
  return () => count;
}
