import { spoilProduceRequests } from '../bench/kafka-traffic.ts';
import type { Spoiler } from '../bench/link.ts';
import type { FaultRow } from '../bench/row.ts';
import { until } from '../../support/until.ts';
import { KAFKA_IS_AWAY } from './kafka.ts';

const PATIENCE_MS = 10_000;
/** Produce requests that only the leader has: none is answered, so the next comes 3 s later. */
const TAIL = 2;

/** A follower names itself when it asks for what is new. */
const FETCHER = /broker-(\d)-fetcher-/;

export const kafkaLeaderRows: readonly FaultRow[] = [
  {
    id: '17c',
    title: 'a leader dies with a tail that its followers lack',
    injection:
      'one of three brokers gives its followers nothing more, goes on taking claims, and is killed (kill -9): a follower leads, and the tail is cut off',
    options: { brokers: 3 },
    answers: KAFKA_IS_AWAY,
    says: ['fault: kafka'],
    rings: ['claims-unsure'],
    async strike({ bench: { cluster }, spike }) {
      const [leader] = cluster.followers;
      if (leader === undefined) throw new Error('there is no second broker');
      const replication = new MutedReplication();
      leader.link.spoil(replication.spoiler);
      await until('its followers get nothing more', PATIENCE_MS, () =>
        replication.followers === cluster.brokers.length - 1 ? true : undefined,
      );
      const before = replication.produced;
      await until('the leader has a tail', PATIENCE_MS, () =>
        replication.produced >= before + TAIL ? true : undefined,
      );
      const hits = replication.produced - before;
      await cluster.whileKilled([leader], async () => {
        leader.link.mend();
        await spike.succeeds(20);
      });
      spike.healed();
      return hits;
    },
  },
];

/** What followers ask of a broker is lost; what producers ask of it is not. */
class MutedReplication {
  /** Produce requests that the broker got. */
  produced = 0;
  readonly spoiler: Spoiler;
  readonly #followers = new Set<string>();
  readonly #connections = new WeakSet();

  constructor() {
    const count = spoilProduceRequests(() => {
      this.produced += 1;
      return 'pass';
    });
    this.spoiler = (bytes, direction, connection) => {
      const follower = direction === 'requests' && FETCHER.exec(bytes.toString('latin1'))?.[1];
      if (follower) {
        this.#followers.add(follower);
        this.#connections.add(connection);
      }
      if (this.#connections.has(connection)) return 'drop';
      return count(bytes, direction, connection);
    };
  }

  /** How many of them get nothing. */
  get followers(): number {
    return this.#followers.size;
  }
}
