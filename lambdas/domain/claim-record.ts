import type { ClaimedIssuance } from './issuance.ts';
import { couponIdOf, isIssuanceId } from './issuance.ts';

/**
 * An accepted claim as it stands in Kafka and, until its publish is confirmed, in the gate's
 * pending entries. The gate composes these bytes once; every publish of the claim sends them.
 */
export interface ClaimRecord extends ClaimedIssuance {
  readonly userId: string;
  /** Tells users apart after an erasure. */
  readonly userKey: string;
}

export type DecodedClaimRecord =
  | { readonly ok: true; readonly record: ClaimRecord }
  | { readonly ok: false; readonly detail: string };

const VERSION = 1;
const USER_KEY = /^[A-Za-z0-9_-]{22}$/;
/** In code points, as JSON Schema and PostgreSQL count; a JavaScript string counts an emoji twice. */
export const MAX_USER_ID_LENGTH = 255;

/** Can stand in PostgreSQL and in a log of UTF-8: no NUL, no half of a surrogate pair. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}

/** Whether `userId` is one that the system takes: 1 to 255 storable characters. */
export function isUserId(userId: unknown): userId is string {
  return (
    typeof userId === 'string' &&
    userId.length >= 1 &&
    // At most two units a code point: what is far too long isn't counted.
    userId.length <= 2 * MAX_USER_ID_LENGTH &&
    Array.from(userId).length <= MAX_USER_ID_LENGTH &&
    isStorableText(userId)
  );
}

/** What of the record the gate does not decide; the rest is added there, with the id last known. */
export function claimRecordPrefix(couponId: string, userId: string, userKey: string): string {
  return `${JSON.stringify({ v: VERSION, couponId, userId, userKey }).slice(0, -1)},`;
}

/** Reads what stands in Kafka, trusting nothing: what is wrong is named, never thrown. */
export function decodeClaimRecord(value: string): DecodedClaimRecord {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return { ok: false, detail: 'not JSON' };
  }
  if (typeof parsed !== 'object' || parsed === null) return { ok: false, detail: 'not an object' };
  const fields = parsed as Record<string, unknown>;
  const wrong = firstWrongField(fields);
  if (wrong !== undefined) return { ok: false, detail: `${wrong} is missing or wrong` };
  const { id, couponId, userId, userKey, ordinal, sequence, acceptedAt, epoch } =
    fields as unknown as ClaimRecord;
  return {
    ok: true,
    record: { id, couponId, userId, userKey, ordinal, sequence, acceptedAt, epoch },
  };
}

const INT4_MAX = 2_147_483_647;
/** The year 9999: later ones have no RFC 3339 form. */
const LAST_INSTANT = 253_402_300_799_999;

function isCount(value: unknown, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most;
}

function firstWrongField(fields: Record<string, unknown>): string | undefined {
  const { v, id, couponId, userId, userKey, ordinal, sequence, acceptedAt, epoch } = fields;
  if (v !== VERSION) return 'v';
  if (typeof id !== 'string' || !isIssuanceId(id)) return 'id';
  if (couponId !== couponIdOf(id)) return 'couponId';
  if (!isUserId(userId)) return 'userId';
  if (typeof userKey !== 'string' || !USER_KEY.test(userKey)) return 'userKey';
  if (!isCount(ordinal, 100)) return 'ordinal';
  if (!isCount(sequence, INT4_MAX)) return 'sequence';
  if (!isCount(acceptedAt, LAST_INSTANT)) return 'acceptedAt';
  if (!isCount(epoch, INT4_MAX)) return 'epoch';
  return undefined;
}
