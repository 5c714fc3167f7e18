/**
 * Reads a function's answer to a batch, as `ReportBatchItemFailures` defines it for Kafka.
 */

/** The offsets that were sent of one partition, first to last. */
export interface SentRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The first failed offset of each partition that has one; empty when the whole batch succeeded;
 * undefined when the whole batch must be retried, which an answer that cannot be understood means.
 * @param sent what the event held, by `<topic>-<partition>`
 */
export function firstFailures(
  answer: unknown,
  sent: ReadonlyMap<string, SentRange>,
): ReadonlyMap<string, number> | undefined {
  const failures = new Map<string, number>();
  if (answer === undefined || answer === null) return failures;
  if (typeof answer !== 'object' || Array.isArray(answer)) return undefined;
  const items: unknown = (answer as { batchItemFailures?: unknown }).batchItemFailures;
  if (items === undefined || items === null) return failures;
  if (!Array.isArray(items)) return undefined;
  for (const item of items as readonly unknown[]) {
    const identifier = identifierOf(item);
    if (identifier === undefined) return undefined;
    const { partition, offset } = identifier;
    const range = sent.get(partition);
    if (range === undefined || offset < range.first || offset > range.last) return undefined;
    failures.set(partition, Math.min(offset, failures.get(partition) ?? offset));
  }
  return failures;
}

function identifierOf(item: unknown): { partition: string; offset: number } | undefined {
  const identifier: unknown = (item as { itemIdentifier?: unknown } | null)?.itemIdentifier;
  if (typeof identifier !== 'object' || identifier === null) return undefined;
  const { partition, offset } = identifier as { partition?: unknown; offset?: unknown };
  return typeof partition === 'string' && Number.isInteger(offset)
    ? { partition, offset: Number(offset) }
    : undefined;
}
