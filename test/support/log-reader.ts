import type { Admin } from 'kafkajs';
import type { Endpoints } from '../../local/endpoints.ts';
import { observer } from '../../local/invariants/read-log-positions.ts';

/** Looks at Kafka behind the API's back. */
export class LogReader {
  readonly #admin: Admin;
  readonly #topic: string;

  private constructor(admin: Admin, topic: string) {
    this.#admin = admin;
    this.#topic = topic;
  }

  static async open({ kafka, topic }: Pick<Endpoints, 'kafka' | 'topic'>): Promise<LogReader> {
    const admin = observer(kafka.split(',')).admin();
    await admin.connect();
    return new LogReader(admin, topic);
  }

  /** How many records the topic has ever got. */
  async recordCount(): Promise<number> {
    const partitions = await this.#admin.fetchTopicOffsets(this.#topic);
    return partitions.reduce((sum, { high }) => sum + Number(high), 0);
  }

  close(): Promise<void> {
    return this.#admin.disconnect();
  }
}
