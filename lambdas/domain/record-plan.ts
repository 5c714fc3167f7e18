import type { ClaimRecord } from './claim-record.ts';
import { decodeClaimRecord } from './claim-record.ts';
import type { Fence, LogPosition } from './fences.ts';
import { isLate } from './fences.ts';
import type { Channel } from './notification.ts';

/** A record as the event source mapping delivers it. */
export interface LogEntry extends LogPosition {
  readonly key: Uint8Array | undefined;
  readonly value: Uint8Array | undefined;
  /** Name and value, the value in base64. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Of the request that the claim came with, if it is known. */
  readonly requestId?: string | undefined;
}

export const QUARANTINE_REASONS = ['malformed', 'unknown_coupon', 'overflow', 'conflict'] as const;

export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

export interface QuarantinedEntry {
  readonly entry: LogEntry;
  readonly reason: QuarantineReason;
  readonly detail: string;
  readonly record: ClaimRecord | undefined;
}

export interface PlannedInsert {
  readonly entry: LogEntry;
  readonly record: ClaimRecord;
}

/** What a batch comes to before the database has looked for duplicates. */
export interface RecordPlan {
  readonly inserts: readonly PlannedInsert[];
  readonly late: readonly PlannedInsert[];
  readonly quarantined: readonly QuarantinedEntry[];
}

export interface BatchSummary {
  readonly inserted: number;
  /** When those rows passed the gate, by its clock, milliseconds since 1970. */
  readonly acceptedAt: readonly number[];
  /** Redelivered, or published more than once. */
  readonly duplicates: number;
  readonly late: readonly { readonly issuanceId: string; readonly position: LogPosition }[];
  readonly quarantined: readonly {
    readonly reason: QuarantineReason;
    readonly position: LogPosition;
  }[];
  /** The channels by which somebody is to be told of it. */
  readonly told: readonly Channel[];
}

/** A batch's records, read: by coupon where they could be, quarantined where not. */
export interface DecodedBatch {
  readonly readable: readonly PlannedInsert[];
  readonly quarantined: readonly QuarantinedEntry[];
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function decodeBatch(entries: readonly LogEntry[]): DecodedBatch {
  const readable: PlannedInsert[] = [];
  const quarantined: QuarantinedEntry[] = [];
  for (const entry of entries) {
    const decoded = decodeEntry(entry);
    if (decoded.ok) readable.push({ entry, record: decoded.record });
    else {
      const { detail } = decoded;
      quarantined.push({ entry, reason: 'malformed', detail, record: undefined });
    }
  }
  return { readable, quarantined };
}

function decodeEntry(entry: LogEntry): ReturnType<typeof decodeClaimRecord> {
  if (entry.value === undefined) return { ok: false, detail: 'no value' };
  let text: string;
  try {
    text = utf8.decode(entry.value);
  } catch {
    return { ok: false, detail: 'not UTF-8' };
  }
  return decodeClaimRecord(text);
}

/**
 * Decides each record's fate from the coupons and fences as read in the batch's transaction.
 * The issue window is not looked at: the gate decided that.
 *
 * @param fences by coupon id; a coupon that is not in the map does not exist
 * @param quarantinedBefore the places of records that are in quarantine already, and stay there
 */
export function planBatch(
  batch: DecodedBatch,
  fences: ReadonlyMap<string, readonly Fence[]>,
  quarantinedBefore: ReadonlySet<string>,
): RecordPlan {
  const inserts: PlannedInsert[] = [];
  const late: PlannedInsert[] = [];
  const quarantined = [...batch.quarantined];
  for (const planned of batch.readable) {
    const { entry, record } = planned;
    if (quarantinedBefore.has(placeOf(entry))) continue;
    const couponFences = fences.get(record.couponId);
    if (couponFences === undefined) {
      const detail = 'the ledger has no such coupon';
      quarantined.push({ entry, record, reason: 'unknown_coupon', detail });
    } else if (isLate(entry, record.epoch, couponFences)) late.push(planned);
    else inserts.push(planned);
  }
  return { inserts, late, quarantined };
}

/** Names a record's place in the log. */
export function placeOf({ topic, partition, offset }: LogPosition): string {
  return `${topic}-${partition}@${offset}`;
}

/** The order in which scarce units go to records: by partition, then offset. */
export function inOffsetOrder(planned: readonly PlannedInsert[]): PlannedInsert[] {
  return planned.toSorted((a, b) => {
    if (a.entry.partition !== b.entry.partition) return a.entry.partition - b.entry.partition;
    const difference = BigInt(a.entry.offset) - BigInt(b.entry.offset);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  });
}
