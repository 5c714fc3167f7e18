/**
 * Pieces of what the API answers. It may be older or newer than this program: what is missing or
 * of another shape is null, and shown as unknown, never a reason to show nothing.
 */
import * as z from 'zod';
import { visible } from '../output/text.ts';

/** Text for people; nothing in it can do anything to a terminal. */
export const words = z.string().transform(visible).nullable().catch(null);

/** Ids also come as numbers. */
export const id = z
  .union([z.string(), z.number()])
  .transform((value) => visible(String(value)))
  .nullable()
  .catch(null);

export const count = z.number().nonnegative().nullable().catch(null);

/** Milliseconds since 1970, from RFC 3339. */
export const instant = z
  .string()
  .transform((text) => Date.parse(text))
  .refine((time) => !Number.isNaN(time))
  .nullable()
  .catch(null);

export interface NamedCount {
  readonly name: string;
  readonly figure: number;
}

/** Figures by their names, as the API orders them; what is no figure is left out. */
export const counts = z
  .record(z.string(), z.unknown())
  .transform((figures) =>
    Object.entries(figures).flatMap(([name, figure]): NamedCount[] =>
      typeof figure === 'number' && figure >= 0 ? [{ name: visible(name), figure }] : [],
    ),
  )
  .nullable()
  .catch(null);

/** Whatever was answered, as an object with fields to look for. */
export function fieldsOf(answered: unknown): Readonly<Record<string, unknown>> {
  return typeof answered === 'object' && answered !== null ? { ...answered } : {};
}
