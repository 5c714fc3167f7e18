import * as z from 'zod';
import type { ProblemCode } from '../../http/problems.ts';
import { problems } from '../../http/problems.ts';

export const PROBLEM_CODES = Object.keys(problems) as ProblemCode[];

const invalidPart = z.strictObject({
  pointer: z.string().meta({
    description: 'A JSON pointer into the body, or `?name` for a query parameter.',
  }),
  detail: z.string(),
});

const failedCondition = z.strictObject({
  code: z.string().meta({ description: 'The condition of use that does not hold.' }),
  detail: z.string(),
});

/** A problem as the API answers it (RFC 9457). */
export const problemReply = z.strictObject({
  type: z
    .string()
    .regex(/^\/problems\/[a-z_]+$/)
    .meta({ description: 'Leads to a page that says what the problem means and what to do.' }),
  title: z.string(),
  status: z.int().min(400).max(503),
  detail: z.string(),
  code: z.enum(PROBLEM_CODES).meta({ description: 'To decide by: it never changes.' }),
  requestId: z.string(),
  errors: z.array(invalidPart).max(50).optional().meta({
    description: 'Of an `invalid_request`: everything that is wrong with it, at most 50 parts.',
  }),
  failures: z.array(failedCondition).optional().meta({
    description: 'Of `conditions_not_met`: all conditions that do not hold.',
  }),
});
