import type { MSKEvent, MSKRecord } from 'aws-lambda';
import type { LogPosition } from '../../domain/fences.ts';
import type { RecordLedger } from '../../domain/ports.ts';
import type { BatchSummary, LogEntry } from '../../domain/record-plan.ts';

/** The part of the logger that is used here. */
export interface RecordLogger {
  warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/**
 * Stores a batch of accepted claims as issuances. It throws when the database fails: the event
 * source mapping then delivers the batch again, for as long as it takes.
 */
export function recordHandler(
  ledger: RecordLedger,
  logger: RecordLogger,
): (event: MSKEvent) => Promise<void> {
  return async (event) => {
    const entries = Object.values(event.records).flat().map(toLogEntry);
    if (entries.length === 0) return;
    report(await ledger.storeBatch(entries), logger);
  };
}

function toLogEntry(record: MSKRecord): LogEntry {
  return {
    topic: record.topic,
    partition: record.partition,
    offset: String(record.offset),
    key: toBytes(record.key),
    value: toBytes(record.value),
    headers: toHeaders(record.headers),
  };
}

/** A record without a key or value has none in the event either. */
function toBytes(base64: string | null | undefined): Uint8Array | undefined {
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : undefined;
}

/** Header values come as arrays of byte values; those that aren't UTF-8 are only kept roughly. */
function toHeaders(headers: MSKRecord['headers'] | undefined): Record<string, string> {
  return Object.fromEntries(
    (headers ?? []).flatMap((header) =>
      Object.entries(header).map(([name, bytes]) => [
        name,
        // PostgreSQL's jsonb takes no NUL.
        Buffer.from(bytes).toString('utf8').replaceAll('\u0000', '\uFFFD'),
      ]),
    ),
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

function place({ topic, partition, offset }: LogPosition): LogPosition {
  return { topic, partition, offset };
}
