import type { MSKEvent, MSKRecord } from 'aws-lambda';
import type { LogPosition } from '../../domain/fences.ts';
import type { Channel } from '../../domain/notification.ts';
import type { RecordLedger } from '../../domain/ports.ts';
import { LedgerUnavailable } from '../../domain/ports.ts';
import type { BatchSummary, LogEntry } from '../../domain/record-plan.ts';

/** The part of the logger that is used here. */
export interface RecordLogger {
  warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** The sending of what a batch tells of, as far as it goes without keeping the next one waiting. */
export interface Notifying {
  /** Batches of more records are behind the log: they store, and others send. */
  readonly caughtUp: number;
  readonly send: (channels: readonly Channel[]) => Promise<unknown>;
  readonly onFault: (what: string, error: unknown) => void;
}

/**
 * Stores a batch of accepted claims as issuances. It throws when the database fails: the event
 * source mapping then delivers the batch again, for as long as it takes.
 */
export function recordHandler(
  ledger: RecordLedger,
  logger: RecordLogger,
  notifying?: Notifying,
): (event: MSKEvent) => Promise<void> {
  return async (event) => {
    const entries = Object.values(event.records).flat().map(toLogEntry);
    if (entries.length === 0) return;
    let summary: BatchSummary;
    try {
      summary = await ledger.storeBatch(entries);
      report(summary, logger);
    } catch (error) {
      reportFailure(error, entries, logger);
      throw error;
    }
    if (notifying !== undefined) await tell(summary.told, entries.length, notifying);
  };
}

/** The batch is stored, whatever comes of this: what is not sent now is sent by the schedule. */
async function tell(
  channels: readonly Channel[],
  records: number,
  { caughtUp, send, onFault }: Notifying,
): Promise<void> {
  if (channels.length === 0 || records > caughtUp) return;
  try {
    await send(channels);
  } catch (error) {
    onFault('notifications', error);
  }
}

function toLogEntry(record: MSKRecord): LogEntry {
  return {
    topic: record.topic,
    partition: record.partition,
    offset: String(record.offset),
    key: toBytes(record.key),
    value: toBytes(record.value),
    headers: recordHeaders(record.headers),
  };
}

/** A record without a key or value has none in the event either. */
function toBytes(base64: string | null | undefined): Uint8Array | undefined {
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : undefined;
}

/** Values come as arrays of bytes, or null; names are kept as far as a database takes them. */
export function recordHeaders(headers: unknown): LogEntry['headers'] {
  if (!Array.isArray(headers)) return [];
  return (headers as unknown[]).flatMap((header) =>
    Object.entries(header ?? {}).map(([name, bytes]): [string, string] => [
      name.toWellFormed().replaceAll('\u0000', '\uFFFD'),
      Array.isArray(bytes) ? Buffer.from(bytes as number[]).toString('base64') : '',
    ]),
  );
}

function report(summary: BatchSummary, logger: RecordLogger): void {
  if (summary.late.length > 0) {
    logger.warn('late records', {
      count: summary.late.length,
      issuanceIds: summary.late.map(({ issuanceId }) => issuanceId),
    });
  }
  for (const { reason, position } of summary.quarantined) {
    logger.error('record quarantined', { reason, ...place(position) });
  }
}

/** The same place time and again, and its partition stands still: that is how an operator knows. */
function reportFailure(error: unknown, entries: readonly LogEntry[], logger: RecordLogger): void {
  const byPartition = Map.groupBy(entries, ({ partition }) => partition);
  const where = {
    records: entries.length,
    from: [...byPartition.values()].flatMap(([first]) => (first ? [place(first)] : [])),
  };
  if (error instanceof LedgerUnavailable) {
    logger.warn('batch not stored', { ...where, fault: error.name, reason: error.message });
  } else {
    // Without its message, which may quote a record.
    logger.error('batch not stored', {
      ...where,
      fault: error instanceof Error ? error.name : typeof error,
    });
  }
}

function place({ topic, partition, offset }: LogPosition): LogPosition {
  return { topic, partition, offset };
}
