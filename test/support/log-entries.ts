import type { MSKEvent } from 'aws-lambda';
import type { ClaimRecord } from '../../lambdas/domain/claim-record.ts';
import type { LogEntry } from '../../lambdas/domain/record-plan.ts';
import { loadedClaim } from './samples.ts';

/** An accepted claim of a user, as the gate would have composed it. */
export function recordOf(
  couponId: string,
  userId: string,
  changes: Partial<ClaimRecord> = {},
): ClaimRecord {
  return { ...loadedClaim(couponId, userId), acceptedAt: 1_795_000_000_000, userId, ...changes };
}

let lastOffset = 1_000_000;

/** A value as it stands in the log; at an offset of its own unless one is given. */
export function entryOf(
  value: ClaimRecord | string | Uint8Array | undefined,
  { partition = 0, offset = (lastOffset += 1) }: { partition?: number; offset?: number } = {},
): LogEntry {
  return {
    topic: 'claims',
    partition,
    offset: String(offset),
    key: undefined,
    value: toBytes(value),
    headers: [],
  };
}

/** What the event source mapping hands over for accepted claims of these users. */
export function claimsEvent(couponId: string, userIds: readonly string[]): MSKEvent {
  const records = userIds.map((userId) => {
    const { value, offset, topic, partition } = entryOf(recordOf(couponId, userId));
    const bytes = Buffer.from(value ?? []).toString('base64');
    return { topic, partition, offset: Number(offset), key: '', value: bytes, headers: [] };
  });
  return { records: { 'claims-0': records } } as unknown as MSKEvent;
}

function toBytes(value: ClaimRecord | string | Uint8Array | undefined): Uint8Array | undefined {
  if (value === undefined || value instanceof Uint8Array) return value;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify({ v: 1, ...value }));
}
