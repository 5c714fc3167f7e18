import type * as z from 'zod';
import type { Answer } from './answer.ts';
import { problem } from './answer.ts';

/** Where the next page begins: an opaque text, stable when rows are added. */
export function encodeCursor(place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

export type CursorReading<Place> =
  | { readonly ok: true; readonly place: Place | undefined }
  | { readonly ok: false; readonly answer: Answer };

/** Reads what {@link encodeCursor} wrote, trusting nothing; no cursor at all is no place. */
export function decodeCursor<Place>(
  cursor: string | undefined,
  schema: z.ZodType<Place>,
): CursorReading<Place> {
  if (cursor === undefined) return { ok: true, place: undefined };
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return { ok: false, answer: problem('invalid_cursor') };
  }
  const result = schema.safeParse(parsed);
  if (!result.success) return { ok: false, answer: problem('invalid_cursor') };
  return { ok: true, place: result.data };
}
