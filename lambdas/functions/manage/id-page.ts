import * as z from 'zod';
import type { CursorReading } from '../../http/cursor.ts';
import { decodeCursor, encodeCursor } from '../../http/cursor.ts';

/** PostgreSQL's bigint, as an identity column counts it. */
const LAST_ID = 9_223_372_036_854_775_807n;

/** Whether `text` is an id that a row could have: a whole number from 1. */
export function isRowId(text: string): boolean {
  return /^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= LAST_ID;
}

const place = z.tuple([z.string().refine(isRowId)]);

/** Of lists in the order of their rows' ids: the id of the last row that was shown. */
export function readIdCursor(cursor: string | undefined): CursorReading<string> {
  const reading = decodeCursor(cursor, place);
  return reading.ok ? { ok: true, place: reading.place?.[0] } : reading;
}

export function idCursor({ id }: { readonly id: string }): string {
  return encodeCursor([id]);
}
