import type { LogEntry } from '../../lambdas/domain/record-plan.ts';

interface StoredRecord {
  readonly value: Buffer;
  /** True time, milliseconds. */
  readonly sentAt: number;
}

/** The claims topic: partitions, and how far the record group has committed each. */
export class Topic {
  readonly name = 'claims';
  readonly partitions: readonly StoredRecord[][] = [[], []];
  readonly committed: number[] = this.partitions.map(() => 0);

  /** By the key, as a partitioner does it. */
  append(key: string, value: string | Buffer, sentAt: number): void {
    const partition = key.charCodeAt(key.length - 2) % this.partitions.length;
    this.partitions[partition]?.push({ value: Buffer.from(value), sentAt });
  }

  get isCommitted(): boolean {
    return this.partitions.every(({ length }, i) => this.committed[i] === length);
  }

  /** At most so many records from the first one that is not committed; or from before it. */
  batch(partition: number, most: number, back = 0): LogEntry[] {
    const from = Math.max(0, this.#committed(partition) - back);
    return this.entries(partition).slice(from, from + most);
  }

  entries(partition: number): LogEntry[] {
    return (this.partitions[partition] ?? []).map(({ value }, offset) => ({
      topic: this.name,
      partition,
      offset: String(offset),
      key: undefined,
      value,
      headers: [],
    }));
  }

  /** Whoever is behind another consumer is no longer of the group: its commit is refused. */
  commit(partition: number, next: number): void {
    this.committed[partition] = Math.max(this.#committed(partition), next);
  }

  endOffsets(): Record<string, string> {
    return Object.fromEntries(this.partitions.map(({ length }, i) => [i, String(length)]));
  }

  /** −1 where nothing was committed, as Kafka has it. */
  committedOffsets(): Record<string, string> {
    return Object.fromEntries(
      this.committed.map((offset, i) => [i, String(offset === 0 ? -1 : offset)]),
    );
  }

  #committed(partition: number): number {
    return this.committed[partition] ?? 0;
  }
}
