import type { MSKEvent, MSKRecord } from 'aws-lambda';
import type { Clock } from '../../domain/deadline.ts';
import { requestIdIn } from '../../domain/claim-origin.ts';
import { faultWords, plainFault } from '../../domain/fault-words.ts';
import type { LogPosition } from '../../domain/fences.ts';
import type { Logger } from '../../domain/log-lines.ts';
import type { Meter } from '../../domain/metrics.ts';
import type { Channel } from '../../domain/notification.ts';
import type { RecordLedger } from '../../domain/ports.ts';
import { LedgerUnavailable } from '../../domain/ports.ts';
import { placeOf, type BatchSummary, type LogEntry } from '../../domain/record-plan.ts';
import { CLAIMS_A_LINE, logBatch } from './batch-line.ts';
import { measureBatch } from './measure-batch.ts';

export interface RecordDependencies {
  readonly ledger: RecordLedger;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly notifying?: Notifying | undefined;
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
export function recordHandler({
  ledger,
  logger,
  meter,
  clock,
  notifying,
}: RecordDependencies): (event: MSKEvent) => Promise<void> {
  return async (event) => {
    const entries = Object.values(event.records).flat().map(toLogEntry);
    if (entries.length === 0) return;
    meter.record('RecordBatch', entries.length);
    const begun = clock.monotonic();
    let summary: BatchSummary;
    try {
      summary = await ledger.storeBatch(entries);
      const ms = clock.monotonic() - begun;
      meter.record('RecordDuration', ms);
      measureBatch(summary, meter, clock.now());
      report(summary, entries, logger);
      if (logger.writesInfo) logBatch(summary, entries, ms, logger);
    } catch (error) {
      reportFailure(error, entries, logger);
      throw plainFault(error);
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
  const headers = recordHeaders(record.headers);
  return {
    topic: record.topic,
    partition: record.partition,
    offset: String(record.offset),
    key: toBytes(record.key),
    value: toBytes(record.value),
    headers,
    requestId: requestIdIn(headers),
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

function report(
  { late, quarantined }: BatchSummary,
  entries: readonly LogEntry[],
  logger: Logger,
): void {
  if (late.length + quarantined.length === 0) return;
  const byPlace = new Map(entries.map((entry) => [placeOf(entry), entry]));
  const requestIdOf = (position: LogPosition): string | undefined =>
    byPlace.get(placeOf(position))?.requestId;
  for (let i = 0; i < late.length; i += CLAIMS_A_LINE) {
    const claims = late
      .slice(i, i + CLAIMS_A_LINE)
      .map(({ issuanceId, position }) => ({ issuanceId, requestId: requestIdOf(position) }));
    logger.warn('late records', { late: claims.length, claims });
  }
  for (const { reason, position } of quarantined) {
    const requestId = requestIdOf(position);
    logger.error('record quarantined', { reason, ...place(position), requestId });
  }
}

/** The same place time and again, and its partition stands still: that is how an operator knows. */
function reportFailure(error: unknown, entries: readonly LogEntry[], logger: Logger): void {
  const byPartition = Map.groupBy(entries, ({ partition }) => partition);
  const where = {
    records: entries.length,
    from: [...byPartition.values()].flatMap(([first]) => (first ? [place(first)] : [])),
  };
  const isExpected = error instanceof LedgerUnavailable;
  logger[isExpected ? 'warn' : 'error']('batch not stored', { ...where, ...faultWords(error) });
}

function place({ topic, partition, offset }: LogPosition): LogPosition {
  return { topic, partition, offset };
}
