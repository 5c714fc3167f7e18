import type * as z from 'zod';
import type { Answer } from './answer.ts';
import { problem } from './answer.ts';
import type { HttpRequest } from './http-request.ts';
import type { InvalidPart } from './problems.ts';
import { textOf } from './validation-texts.ts';

export type Validation<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly answer: Answer };

/** Checks a body against its schema; everything that is wrong is named at once. */
export function validate<T>(schema: z.ZodType<T>, body: unknown): Validation<T> {
  const result = schema.safeParse(body);
  if (result.success) return { ok: true, value: result.data };
  const errors = result.error.issues
    .flatMap((issue) => toInvalidParts(issue, body))
    .slice(0, MAX_ERRORS);
  return { ok: false, answer: problem('invalid_request', { errors }) };
}

/** Checks the query parameters that the schema names; others mean nothing here. */
export function validateQuery<T>(
  schema: z.ZodType<T> & { readonly shape: object },
  request: HttpRequest,
): Validation<T> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const values = request.query(name);
    // What can't be decoded, or comes twice, is no value that any schema takes.
    if (values.length > 0)
      given[name] = values.length === 1 ? (values[0] ?? UNREADABLE) : UNREADABLE;
  }
  const result = schema.safeParse(given);
  if (result.success) return { ok: true, value: result.data };
  const errors = result.error.issues.map((issue) => ({
    pointer: `?${String(issue.path[0] ?? '')}`,
    detail: textOf(issue, valueAt(given, issue.path)),
  }));
  return { ok: false, answer: problem('invalid_request', { errors }) };
}

const UNREADABLE = '\u0000';

/** A body of 64 KB can be wrong in thousands of places; nobody reads them all. */
const MAX_ERRORS = 50;

function toInvalidParts(issue: z.core.$ZodIssue, body: unknown): InvalidPart[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MAX_ERRORS).map((key) => ({
      pointer: toPointer([...issue.path, key]),
      detail: textOf(issue, key),
    }));
  }
  const detail = textOf(issue, valueAt(body, issue.path));
  return [{ pointer: toPointer(issue.path), detail }];
}

/** What stands in the place that is wrong; undefined if nothing does. */
function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part))
      return undefined;
    return (value as Readonly<Record<PropertyKey, unknown>>)[part];
  }, root);
}

/** A name may be as long as the body, and the load balancer takes replies of 1 MB. */
const MAX_POINTER_LENGTH = 1_000;

/** RFC 6901 */
function toPointer(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
    .slice(0, MAX_POINTER_LENGTH);
}
