import { setTimeout as sleep } from 'node:timers/promises';
import { spoilProduceReplies } from '../bench/kafka-traffic.ts';
import { KAFKA_ERROR, rewriteErrors } from '../bench/produce-errors.ts';
import type { FaultRow } from '../bench/row.ts';

/** Before the gate nothing is taken; behind it nobody knows whether the record came to stand. */
export const KAFKA_IS_AWAY = ['503 unavailable', '503 outcome_unknown'];

/** Past every time-out: of the publish (3 s), and of the record group's session (6 s). */
const OUTAGE_MS = 8_000;
/** Long enough for many claims to lose their replies, and for their users to be told so. */
const SPOILT_MS = 5_000;

/** The broker itself is whole; what it does or what it says is not. */
export const kafkaRows: readonly FaultRow[] = [
  {
    id: '12',
    title: 'Kafka is killed between its append and its reply',
    injection: 'kill -9 under claims, at the first reply to a produce request; its data are kept',
    inEveryRun: true,
    answers: KAFKA_IS_AWAY,
    says: ['outcome unknown', 'server away', 'fault: kafka'],
    rings: ['claims-unsure'],
    async strike({ bench: { links, servers }, spike }) {
      const { kafka } = links;
      const before = kafka.hits;
      const replied = Promise.withResolvers<undefined>();
      kafka.spoil(
        spoilProduceReplies(() => {
          replied.resolve(undefined);
          return 'drop';
        }),
      );
      await replied.promise;
      const work = (): Promise<void> => {
        kafka.mend();
        return Promise.resolve();
      };
      await servers.whileStopped('kafka', work, 'SIGKILL');
      spike.healed();
      return kafka.hits - before;
    },
  },
  {
    id: '13',
    title: 'Kafka stands still for longer than anybody waits',
    injection:
      'SIGSTOP under claims, SIGCONT 8 s later: past the publish and the session time-outs',
    answers: KAFKA_IS_AWAY,
    says: ['outcome unknown', 'server away', 'fault: kafka'],
    rings: ['claims-unsure'],
    async strike({ bench, spike }) {
      const hits = await bench.whileFrozen('kafka', async () => {
        const waiting = await spike.isBusy(3);
        await sleep(OUTAGE_MS);
        return waiting;
      });
      spike.healed();
      return hits;
    },
  },
  {
    id: '14',
    title: "the replies to Kafka's producers are lost",
    injection: 'each reply to a produce request is swallowed for 5 s; the connections stay open',
    answers: KAFKA_IS_AWAY,
    says: ['outcome unknown', 'fault: kafka'],
    rings: ['claims-unsure'],
    async strike({ bench: { links }, spike }) {
      const before = links.kafka.hits;
      links.kafka.spoil(spoilProduceReplies(() => 'drop'));
      await sleep(SPOILT_MS);
      links.kafka.mend();
      spike.healed();
      return links.kafka.hits - before;
    },
  },
  {
    id: '15',
    title: 'connections to Kafka break after the append',
    injection: 'two of three replies to produce requests cut their connection, for 5 s',
    inEveryRun: true,
    // A third try may come too late on a busy machine.
    answers: KAFKA_IS_AWAY,
    says: ['fault: kafka'],
    rings: {
      none: 'Every publish is tried again within its budget: claims are a little slower, and none is refused',
    },
    async strike({ bench: { links }, spike }) {
      const before = links.kafka.hits;
      let replies = 0;
      links.kafka.spoil(
        spoilProduceReplies(() => {
          replies += 1;
          return replies % 3 === 0 ? 'pass' : 'cut';
        }),
      );
      await sleep(SPOILT_MS);
      links.kafka.mend();
      spike.healed();
      return links.kafka.hits - before;
    },
  },
  {
    id: '16',
    title: 'Kafka is three seconds away',
    injection: 'each request and each reply takes 1.5 s longer for 10 s',
    answers: KAFKA_IS_AWAY,
    says: ['outcome unknown', 'server away', 'fault: kafka'],
    rings: ['claims-unsure'],
    async strike({ bench: { links }, spike }) {
      const before = links.kafka.hits;
      links.kafka.delay(1_500);
      await sleep(10_000);
      links.kafka.mend();
      spike.healed();
      return links.kafka.hits - before;
    },
  },
  {
    id: '16b',
    title: 'Kafka is slow, and refuses for a while',
    injection:
      'each request and each reply takes 0.3 s longer; for 5 s all replies to produce requests say ' +
      'NOT_ENOUGH_REPLICAS_AFTER_APPEND, so that claims of all ages wait',
    answers: KAFKA_IS_AWAY,
    says: ['outcome unknown', 'fault: kafka'],
    rings: ['claims-unsure'],
    async strike({ bench: { links }, spike }) {
      let hits = 0;
      links.kafka.delay(300);
      links.kafka.spoil(
        spoilProduceReplies((reply) => {
          hits += rewriteErrors(reply, KAFKA_ERROR.notEnoughReplicasAfterAppend);
          return 'pass';
        }),
      );
      await sleep(SPOILT_MS);
      links.kafka.spoil(() => 'pass');
      spike.healed();
      // Slow all the same: what waited meanwhile must not keep the rest from getting through.
      await spike.succeeds(500);
      links.kafka.mend();
      return hits;
    },
  },
];
