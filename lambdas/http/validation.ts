import * as z from 'zod';
import { isStorableText } from '../domain/claim-record.ts';
import type { Answer } from './answer.ts';
import { problem } from './answer.ts';
import type { InvalidPart } from './problems.ts';

export type Validation<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly answer: Answer };

/** Checks a body against its schema; everything that is wrong is named at once. */
export function validate<T>(schema: z.ZodType<T>, body: unknown): Validation<T> {
  const result = schema.safeParse(body);
  if (result.success) return { ok: true, value: result.data };
  const errors = result.error.issues.flatMap(toInvalidParts).slice(0, MAX_ERRORS);
  return { ok: false, answer: problem('invalid_request', { errors }) };
}

/** A body of 64 KB can be wrong in thousands of places; nobody reads them all. */
const MAX_ERRORS = 50;

function toInvalidParts(issue: z.core.$ZodIssue): InvalidPart[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: toPointer([...issue.path, key]),
      detail: 'There is no such field.',
    }));
  }
  return [{ pointer: toPointer(issue.path), detail: issue.message }];
}

/** RFC 6901 */
function toPointer(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** Text that can be stored: UTF-8 without NUL. */
export function text(minLength: number, maxLength: number): z.ZodString {
  return z.string().min(minLength).max(maxLength).refine(isStorableText, {
    error: 'has a NUL or half of a surrogate pair',
  });
}

/** RFC 3339, as milliseconds since 1970. */
export const instant = z.iso.datetime({ offset: true }).transform((value) => Date.parse(value));
