/** The end offsets of a topic's partitions at the moment a coupon's gate of `epoch` was begun. */
export interface Fence {
  /** The epoch that began there; it ended all before it. */
  readonly epoch: number;
  readonly topic: string;
  /** Partition → the offset that its next record got. */
  readonly endOffsets: Readonly<Record<string, string>>;
}

export interface LogPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/**
 * Whether a record of `epoch` is late: it stands at or past a fence above its own epoch. Nobody
 * was told it was accepted, and the gate built since has not counted it.
 */
export function isLate(position: LogPosition, epoch: number, fences: readonly Fence[]): boolean {
  return fences.some((fence) => {
    if (fence.epoch <= epoch || fence.topic !== position.topic) return false;
    // A partition that did not exist at the fence had no record before it.
    const end = fence.endOffsets[String(position.partition)] ?? '0';
    return BigInt(position.offset) >= BigInt(end);
  });
}

/** The partitions whose group has not yet committed up to the fence. Offset −1: nothing committed. */
export function undrained(
  fence: Fence,
  committed: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(fence.endOffsets)
    .filter(([partition, end]) => {
      const done = BigInt(committed[partition] ?? '-1');
      return BigInt(end) > 0n && done < BigInt(end);
    })
    .map(([partition]) => partition);
}
